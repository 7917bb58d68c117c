// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.KeyStore;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.m2me.operators.AuthenticationCentre.VectorRequest;
import org.m2me.operators.http.RoleClient;
import org.m2me.operators.http.RoleServer;
import org.m2me.operators.wiring.RoleContext;
import org.m2me.protocol.identity.Imsi;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.message.DeviceResource;
import org.m2me.protocol.message.Mail;
import org.m2me.protocol.message.OwnerOrder;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.pki.JdkForm;
import org.m2me.protocol.step.Procedure;

/** In the middle of a change, over HTTP with mutual TLS: what one operator asks for that is the other's, it is refused. */
final class OthersRefusedTest extends ChangeFixture {
    private static final int ANSWERED = 200;
    private static final String OLD_VNO = "vno." + OLD;

    private final TestPki pki = new TestPki();
    private RoleServer oldServer;
    private RoleServer newServer;
    private RoleServer dpfServer;
    private Imsi oldImsi;

    @BeforeEach
    void comeToTheMiddle() throws Exception {
        provision();
        OwnerOrder unused = instruct(Procedure.CHANGE);
        Nonce waits = obtain(register());
        assertThat(newSho.registrations(machine.ueid).get(0).registration()).isEqualTo(waits);
        oldImsi = oldSho.registrations(machine.ueid).get(0).imsi().orElseThrow();
        oldServer = serve("sho." + OLD, Map.of(Sho.class, oldSho), Optional.empty());
        newServer = serve("sho." + NEW, Map.of(Sho.class, newSho), Optional.empty());
        dpfServer = serve("dpf.901-70", Map.of(Dpf.class, dpf), Optional.of(dpf));
    }

    @AfterEach
    void close() {
        oldServer.close();
        newServer.close();
        dpfServer.close();
    }

    private RoleServer serve(String name, Map<Class<?>, Object> interfaces, Optional<DeviceService> devices)
            throws Exception {
        return RoleServer.start(pki.identity(name), "localhost", 0, new RoleServer.Content(name, interfaces, devices));
    }

    private Sho oldAs(String caller) {
        return new RoleClient(pki.identity(caller)).of(Sho.class, "sho." + OLD, oldServer.uri());
    }

    private Sho newAs(String caller) {
        return new RoleClient(pki.identity(caller)).of(Sho.class, "sho." + NEW, newServer.uri());
    }

    private static VectorRequest vectorsFor(Imsi imsi, String servingNode) {
        return new VectorRequest(imsi, servingNode, 1, Optional.empty(), false);
    }

    /** A call over the wire. */
    private interface Asked {
        Object ask() throws Refused;
    }

    private static void assertForbidden(Asked question) throws Exception {
        try {
            assertThat(question.ask()).as("an answer").isNull();
        } catch (Refused refused) {
            assertThat(refused.code()).isEqualTo(ResultCode.FORBIDDEN);
        }
    }

    @Test
    void doesNotTellAnOperatorHowARegistrationWithTheOtherStands() throws Exception {
        assertThat(oldAs("console.sho." + OLD).registrations(machine.ueid)).hasSize(1);
        for (String caller : new String[] {"sho." + NEW, "console.sho." + NEW, "vno." + NEW}) {
            assertForbidden(() -> oldAs(caller).registrations(machine.ueid));
        }
        for (String caller : new String[] {"sho." + OLD, "console.sho." + OLD, OLD_VNO}) {
            assertForbidden(() -> newAs(caller).registrations(machine.ueid));
        }
    }

    /** A visited network gets vectors, as in every roaming; from these no key follows. It gets them in its own name only. */
    @Test
    void givesAnOperatorNoVectorsOfTheOthersAuthenticationCentre() throws Exception {
        assertThat(oldAs(OLD_VNO).vectors(vectorsFor(oldImsi, OLD_VNO))).hasSize(1);
        assertForbidden(() -> oldAs("sho." + NEW).vectors(vectorsFor(oldImsi, "sho." + NEW)));
        assertForbidden(() -> oldAs("sho." + NEW).vectors(vectorsFor(oldImsi, OLD_VNO)));
        assertForbidden(() -> oldAs("vno." + NEW).vectors(vectorsFor(oldImsi, OLD_VNO)));
        assertForbidden(() -> oldAs("sho." + NEW).subscription(oldImsi, "sho." + NEW));
        assertForbidden(() -> oldAs("vno." + NEW).subscription(oldImsi, OLD_VNO));
    }

    @Test
    void givesNoOperatorTheMailThatWaitsForADevice() throws Exception {
        HttpResponse<byte[]> waiting = mailAs("gateway");
        assertThat(waiting.statusCode()).isEqualTo(ANSWERED);
        assertThat(Mail.decode(waiting.body())).isInstanceOf(Mail.Download.class);
        for (String caller : new String[] {"sho." + OLD, "sho." + NEW, OLD_VNO, "console.sho." + OLD}) {
            HttpResponse<byte[]> refused = mailAs(caller);
            assertThat(refused.statusCode()).as(caller).isEqualTo(ResultCode.FORBIDDEN.status());
            assertThat(refused.body()).hasSizeLessThan(waiting.body().length / 10);
        }
    }

    private HttpResponse<byte[]> mailAs(String caller) throws Exception {
        URI mail = dpfServer.uri().resolve("/device/" + machine.ueid.hex() + "/" + DeviceResource.MAIL.path());
        HttpRequest request = HttpRequest.newBuilder(mail)
                .POST(HttpRequest.BodyPublishers.noBody())
                .build();
        return HttpClient.newBuilder()
                .sslContext(tls(pki.context(caller, directory)))
                .build()
                .send(request, HttpResponse.BodyHandlers.ofByteArray());
    }

    private static SSLContext tls(RoleContext role) throws Exception {
        KeyStore anchors = KeyStore.getInstance("PKCS12");
        anchors.load(null, new char[0]);
        anchors.setCertificateEntry("anchor", JdkForm.of(role.anchors().get(0)));
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(anchors);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(JdkForm.keyManagers(role.certificate(), role.key()), trust.getTrustManagers(), null);
        return context;
    }
}
