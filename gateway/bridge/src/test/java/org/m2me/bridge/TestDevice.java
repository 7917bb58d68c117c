// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.bridge;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.californium.core.coap.CoAP;
import org.eclipse.californium.core.coap.Message;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.config.CoapConfig;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.elements.AddressEndpointContext;
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
import org.m2me.protocol.pki.JdkForm;

/** A device's DTLS client, with Californium's own verification of the gateway. */
public final class TestDevice implements AutoCloseable {
    private static final long ANSWER_MILLIS = 30_000; // a busy machine; the answer normally takes milliseconds

    final AtomicInteger handshakes = new AtomicInteger();
    private final InetSocketAddress gateway;
    private final CoapEndpoint endpoint;

    TestDevice(TestPki pki, TestPki.Identity identity, InetSocketAddress gateway) throws IOException {
        this.gateway = gateway;
        Configuration configuration = Configuration.createStandardWithoutFile();
        configuration.set(DtlsConfig.DTLS_CONNECTION_ID_LENGTH, 0);
        configuration.set(CoapConfig.MAX_RESOURCE_BODY_SIZE, 16_384);
        endpoint = CoapEndpoint.builder()
                .setConfiguration(configuration)
                .setConnector(new DTLSConnector(dtls(configuration, pki, identity, handshakes)))
                .build();
        endpoint.start();
    }

    public static DtlsConnectorConfig dtls(
            Configuration configuration, TestPki pki, TestPki.Identity identity, AtomicInteger handshakes) {
        return DtlsConnectorConfig.builder(configuration)
                .set(DtlsConfig.DTLS_ROLE, DtlsConfig.DtlsRole.CLIENT_ONLY)
                .set(DtlsConfig.DTLS_CIPHER_SUITES, List.of(CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8))
                .set(DtlsConfig.DTLS_VERIFY_SERVER_CERTIFICATES_SUBJECT, false)
                .setAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .setCertificateIdentityProvider(new SingleCertificateProvider(
                        JdkForm.of(identity.key()),
                        new X509Certificate[] {JdkForm.of(identity.certificate())},
                        CertificateType.X_509))
                .setAdvancedCertificateVerifier(StaticNewAdvancedCertificateVerifier.builder()
                        .setTrustedCertificates(JdkForm.of(pki.operatorAnchors().get(0)))
                        .build())
                .setSessionListener(new SessionAdapter() {
                    @Override
                    public void handshakeCompleted(Handshaker handshaker) {
                        handshakes.incrementAndGet();
                    }
                })
                .build();
    }

    /** One exchange. @throws IOException if it could not be sent, or there is no answer */
    Response exchange(CoAP.Code code, String path, byte[] body) throws IOException, InterruptedException {
        return answer(sent(code, path, body));
    }

    static Response answer(Request request) throws IOException, InterruptedException {
        Response response = request.waitForResponse(ANSWER_MILLIS);
        if (response == null) {
            throw new IOException("no answer: " + request.getSendError(), request.getSendError());
        }
        return response;
    }

    Request sent(CoAP.Code code, String path, byte[] body) {
        return sent(code, path, body, Message.NONE);
    }

    /** @param id message ID; NONE has one chosen */
    Request sent(CoAP.Code code, String path, byte[] body, int id) {
        Request request = new Request(code);
        request.setMID(id);
        request.getOptions().setUriPath(path);
        request.setPayload(body);
        request.setDestinationContext(new AddressEndpointContext(gateway));
        request.send(endpoint);
        return request;
    }

    Response post(String path, byte[] body) throws IOException, InterruptedException {
        return exchange(CoAP.Code.POST, path, body);
    }

    Response mail() throws IOException, InterruptedException {
        return exchange(CoAP.Code.GET, "m", new byte[0]);
    }

    @Override
    public void close() {
        endpoint.destroy();
    }
}
