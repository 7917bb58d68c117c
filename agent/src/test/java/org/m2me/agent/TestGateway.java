// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.californium.core.CoapResource;
import org.eclipse.californium.core.CoapServer;
import org.eclipse.californium.core.coap.CoAP;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.config.CoapConfig;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.core.network.Exchange;
import org.eclipse.californium.elements.config.CertificateAuthenticationMode;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.scandium.DTLSConnector;
import org.eclipse.californium.scandium.config.DtlsConfig;
import org.eclipse.californium.scandium.config.DtlsConnectorConfig;
import org.eclipse.californium.scandium.dtls.CertificateType;
import org.eclipse.californium.scandium.dtls.Handshaker;
import org.eclipse.californium.scandium.dtls.SessionAdapter;
import org.eclipse.californium.scandium.dtls.cipher.CipherSuite;
import org.eclipse.californium.scandium.dtls.x509.SingleCertificateProvider;
import org.eclipse.californium.scandium.dtls.x509.StaticNewAdvancedCertificateVerifier;
import org.m2me.protocol.message.DeviceResource;
import org.m2me.protocol.pki.JdkForm;

/** A CoAP server with DTLS, connection ID and client certificates, in front of a {@link TestNetwork}. */
public final class TestGateway implements AutoCloseable {
    private static final Configuration CONFIGURATION = configuration();

    public final AtomicInteger handshakes = new AtomicInteger();
    /** The ports that requests came from. */
    public final Set<Integer> ports = ConcurrentHashMap.newKeySet();

    private final TestWorld world;
    private final TestWorld.Identity identity;
    private final TestNetwork network;
    private InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    private CoapServer server = new CoapServer(CONFIGURATION);

    public TestGateway(TestWorld world, TestWorld.Identity identity, TestNetwork network) throws IOException {
        this.world = world;
        this.identity = identity;
        this.network = network;
        start();
    }

    private static Configuration configuration() {
        Configuration configuration = Configuration.createStandardWithoutFile();
        // Messages are told apart by their IDs and the address they come from: a device that starts again comes from
        // another one, and may use an ID that it used before.
        configuration.set(CoapConfig.RESPONSE_MATCHING, CoapConfig.MatcherMode.PRINCIPAL);
        configuration.set(CoapConfig.MAX_MESSAGE_SIZE, 1152);
        configuration.set(CoapConfig.PREFERRED_BLOCK_SIZE, 1024);
        configuration.set(DtlsConfig.DTLS_CONNECTION_ID_LENGTH, 6);
        configuration.set(DtlsConfig.DTLS_SERVER_USE_SESSION_ID, false);
        configuration.set(DtlsConfig.DTLS_MAX_TRANSMISSION_UNIT, 1280);
        return configuration;
    }

    /** Starts, at the same port as before. */
    public void start() throws IOException {
        CoapEndpoint endpoint = CoapEndpoint.builder()
                .setConfiguration(CONFIGURATION)
                .setConnector(new DTLSConnector(dtls()))
                .build();
        server = new CoapServer(CONFIGURATION);
        server.addEndpoint(endpoint);
        for (DeviceResource resource : DeviceResource.values()) {
            server.add(new Entry(resource));
        }
        server.start();
        address = endpoint.getAddress();
    }

    private DtlsConnectorConfig dtls() {
        return DtlsConnectorConfig.builder(CONFIGURATION)
                .setAddress(address)
                .set(DtlsConfig.DTLS_ROLE, DtlsConfig.DtlsRole.SERVER_ONLY)
                .set(DtlsConfig.DTLS_CIPHER_SUITES, List.of(CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8))
                .set(DtlsConfig.DTLS_CLIENT_AUTHENTICATION_MODE, CertificateAuthenticationMode.NEEDED)
                .setCertificateIdentityProvider(new SingleCertificateProvider(
                        JdkForm.of(identity.key()),
                        new X509Certificate[] {JdkForm.of(identity.certificate())},
                        CertificateType.X_509))
                .setAdvancedCertificateVerifier(StaticNewAdvancedCertificateVerifier.builder()
                        .setTrustedCertificates(JdkForm.of(world.supplierAnchor()))
                        .setUseEmptyAcceptedIssuers(true)
                        .build())
                .setSessionListener(new SessionAdapter() {
                    @Override
                    public void handshakeCompleted(Handshaker handshaker) {
                        handshakes.incrementAndGet();
                    }
                })
                .build();
    }

    public InetSocketAddress address() {
        return address;
    }

    public void stop() {
        server.destroy();
    }

    @Override
    public void close() {
        stop();
    }

    private final class Entry extends CoapResource {
        private final DeviceResource resource;

        private Entry(DeviceResource resource) {
            super(resource.path());
            this.resource = resource;
        }

        @Override
        public void handleRequest(Exchange exchange) {
            ports.add(exchange.getRequest().getSourceContext().getPeerAddress().getPort());
            TestNetwork.Reply reply =
                    network.answer(resource, exchange.getRequest().getPayload());
            Response response =
                    new Response(CoAP.ResponseCode.valueOf((reply.status() / 100) << 5 | reply.status() % 100));
            response.setPayload(reply.body());
            exchange.sendResponse(response);
        }
    }
}
