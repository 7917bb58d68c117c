// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent.coap;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.eclipse.californium.core.coap.CoAP;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.elements.AddressEndpointContext;
import org.eclipse.californium.elements.DtlsEndpointContext;
import org.eclipse.californium.elements.EndpointContext;
import org.eclipse.californium.elements.MapBasedEndpointContext;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.scandium.config.DtlsConnectorConfig;
import org.jspecify.annotations.Nullable;
import org.m2me.agent.transport.Answer;
import org.m2me.agent.transport.DeviceTransport;
import org.m2me.agent.transport.Traffic;
import org.m2me.agent.transport.Trust;
import org.m2me.hal.Bearer;
import org.m2me.hal.TrustedEnvironment;
import org.m2me.protocol.message.DeviceResource;
import org.m2me.protocol.pki.Certificate;

/** One CoAP endpoint on one DTLS socket, with one server; the device's key signs inside the Trusted Environment. */
public final class CoapDeviceTransport implements DeviceTransport {
    private final TrustedEnvironment tre;
    private final ServerVerifier verifier;
    private volatile @Nullable CoapEndpoint endpoint;
    private volatile @Nullable RoutedConnector connector;
    private volatile @Nullable InetSocketAddress gateway;
    private volatile boolean connectionLost;

    /**
     * To the gateway that the device was made with; at rest until it is given a bearer.
     *
     * @param clock for the dates of the gateway's certificate
     * @param begun told when a certificate begins that proved good: no clock can be right that shows an earlier time
     */
    public CoapDeviceTransport(TrustedEnvironment tre, Clock clock, Consumer<Instant> begun) {
        this(tre, new ServerVerifier(() -> List.of(new Trust(anchors(tre), Trust.GATEWAY)), clock, begun));
    }

    /** To another server, at rest. Its certificate says nothing of the time: it could make the gateway's look expired. */
    public CoapDeviceTransport(TrustedEnvironment tre, Clock clock, Supplier<List<Trust>> trusted) {
        this(tre, new ServerVerifier(trusted, clock, begins -> {}));
    }

    private CoapDeviceTransport(TrustedEnvironment tre, ServerVerifier verifier) {
        TreSignature.install();
        this.tre = tre;
        this.verifier = verifier;
    }

    @Override
    public synchronized void connect(Bearer bearer, InetSocketAddress newGateway) throws IOException {
        if (newGateway.isUnresolved()) {
            throw new IOException("no address for " + newGateway.getHostString());
        }
        InetSocketAddress way = bearer.towards(newGateway);
        RoutedConnector existing = connector;
        if (existing == null) {
            open(newGateway, way);
        } else {
            existing.route(newGateway, way);
        }
        gateway = newGateway;
    }

    private void open(InetSocketAddress to, InetSocketAddress way) throws IOException {
        Configuration configuration = DeviceSettings.make();
        DtlsConnectorConfig.Builder dtls = DtlsConnectorConfig.builder(configuration)
                .setAddress(new InetSocketAddress(local(way), 0))
                .setCertificateIdentityProvider(new TreIdentity(tre))
                .setAdvancedCertificateVerifier(verifier);
        RoutedConnector made = RoutedConnector.of(dtls, to, way);
        CoapEndpoint started = CoapEndpoint.builder()
                .setConfiguration(configuration)
                .setConnector(made)
                .build();
        started.start();
        connector = made;
        endpoint = started;
    }

    /** Where the way is inside this machine, the socket need not be seen from outside of it. */
    private static InetAddress local(InetSocketAddress way) {
        return way.getAddress().isLoopbackAddress()
                ? InetAddress.getLoopbackAddress()
                : new InetSocketAddress(0).getAddress();
    }

    private static List<Certificate> anchors(TrustedEnvironment tre) {
        return tre.anchors().stream().map(Certificate::parse).toList();
    }

    @Override
    public Answer exchange(DeviceResource resource, byte[] body, Duration limit)
            throws IOException, InterruptedException {
        CoapEndpoint open = endpoint;
        InetSocketAddress to = gateway;
        if (open == null || to == null) {
            throw new IOException("no bearer yet");
        }
        Request request = resource == DeviceResource.MAIL ? Request.newGet() : Request.newPost();
        request.getOptions().setUriPath(resource.path());
        request.setPayload(body);
        request.setDestinationContext(destination(to));
        Conversation conversation = new Conversation(request);
        try {
            Response response = conversation.hold(open, limit);
            connectionLost = false;
            return answer(response);
        } catch (SilenceException silent) {
            // The gateway was started again, or forgot this device: it drops records of connections it does not know.
            connectionLost = connectionLost || silent.unheard();
            throw silent;
        }
    }

    private EndpointContext destination(InetSocketAddress to) {
        AddressEndpointContext plain = new AddressEndpointContext(to);
        RoutedConnector existing = connector;
        if (connectionLost && existing != null && existing.isEstablished()) {
            return MapBasedEndpointContext.addEntries(plain, DtlsEndpointContext.ATTRIBUE_HANDSHAKE_MODE_FORCE_FULL);
        }
        return plain;
    }

    private static Answer answer(Response response) {
        CoAP.ResponseCode code = response.getCode();
        Long maxAge = response.getOptions().hasMaxAge() ? response.getOptions().getMaxAge() : null;
        return new Answer(
                code.codeClass * 100 + code.codeDetail,
                response.getPayload() == null ? new byte[0] : response.getPayload(),
                maxAge == null ? Duration.ZERO : Duration.ofSeconds(maxAge));
    }

    @Override
    public Traffic traffic() {
        RoutedConnector existing = connector;
        return existing == null ? Traffic.NONE : existing.traffic();
    }

    @Override
    public synchronized void close() {
        CoapEndpoint open = endpoint;
        endpoint = null;
        if (open != null) {
            open.destroy();
        }
    }
}
