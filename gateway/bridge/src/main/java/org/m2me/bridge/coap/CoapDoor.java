// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.bridge.coap;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.util.Set;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.eclipse.californium.core.CoapResource;
import org.eclipse.californium.core.CoapServer;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.core.network.serialization.UdpDataSerializer;
import org.eclipse.californium.core.server.resources.Resource;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.scandium.config.DtlsConnectorConfig;
import org.eclipse.californium.scandium.dtls.Handshaker;
import org.eclipse.californium.scandium.dtls.SessionAdapter;
import org.m2me.bridge.device.DeviceHandler;
import org.m2me.bridge.device.Limits;
import org.m2me.bridge.device.Tally;
import org.m2me.bridge.device.Tally.Count;
import org.m2me.protocol.message.DeviceResource;

/** Where devices come in: a CoAP server on one DTLS socket. */
public final class CoapDoor implements AutoCloseable {
    /**
     * Where the door is.
     *
     * @param listen port 0 lets the system choose
     * @param node first byte of connection IDs
     * @param resources that devices find here
     */
    public record Settings(InetSocketAddress listen, int node, Limits limits, Set<DeviceResource> resources) {}

    private final CoapServer server;
    private final CoapEndpoint endpoint;
    private final ScheduledThreadPoolExecutor timer;

    /** @param handler answers devices; called on protocol threads, must not block */
    public CoapDoor(Settings settings, DeviceProof proof, DeviceHandler handler, Tally tally, Clock clock) {
        Configuration configuration = GatewayConfiguration.of(settings.limits(), settings.node());
        DtlsConnectorConfig.Builder dtls = DtlsConnectorConfig.builder(configuration)
                .setAddress(settings.listen())
                .setReuseAddress(true)
                .setDatagramFilter(new SourceFilter(settings.limits(), tally, clock))
                .setSessionListener(new HandshakeTally(tally));
        proof.configure(dtls);
        endpoint = CoapEndpoint.builder()
                .setConfiguration(configuration)
                .setConnector(new MeteredConnector(dtls.build(), tally))
                .setEndpointContextMatcher(new AssociationMatcher())
                .setDataSerializerAndParser(
                        new UdpDataSerializer(), new SafeUdpDataParser(() -> tally.add(Count.BAD_REQUESTS, 1)))
                .build();
        timer = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "coap-acknowledge");
            thread.setDaemon(true);
            return thread;
        });
        timer.setRemoveOnCancelPolicy(true);
        server = new Server(configuration);
        server.addEndpoint(endpoint);
        DeviceEntry.Context context = new DeviceEntry.Context(
                proof, handler, timer, settings.limits().acknowledgeAfter().toMillis());
        for (DeviceResource resource : settings.resources()) {
            server.add(new DeviceEntry(resource, context));
        }
    }

    /** Lets devices in. @return where @throws IOException if the address is taken */
    public InetSocketAddress open() throws IOException {
        try {
            server.start();
        } catch (IllegalStateException noEndpointStarted) {
            throw new IOException("no device can be served: " + noEndpointStarted.getMessage(), noEndpointStarted);
        }
        return endpoint.getAddress();
    }

    @Override
    public void close() {
        timer.shutdownNow();
        server.destroy();
    }

    /** Without the greeting that Californium's own root resource gives to everybody. */
    private static final class Server extends CoapServer {
        private Server(Configuration configuration) {
            super(configuration);
        }

        @Override
        protected Resource createRoot() {
            return new CoapResource("");
        }
    }

    /** Counts handshakes. */
    private static final class HandshakeTally extends SessionAdapter {
        private final Tally tally;

        private HandshakeTally(Tally tally) {
            this.tally = tally;
        }

        @Override
        public void handshakeCompleted(Handshaker handshaker) {
            tally.add(Count.HANDSHAKES, 1);
        }

        @Override
        public void handshakeFailed(Handshaker handshaker, Throwable error) {
            tally.add(Count.HANDSHAKES_FAILED, 1);
        }
    }
}
