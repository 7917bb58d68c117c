// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.m2me.operators.World.OPERATOR;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.m2me.operators.Counterparts.IcfSide;
import org.m2me.operators.Icf;
import org.m2me.operators.Machine;
import org.m2me.operators.Neighbours;
import org.m2me.operators.ShoSide;
import org.m2me.operators.Subscriber;
import org.m2me.operators.TestPki;
import org.m2me.operators.World;
import org.m2me.operators.subscriber.SubscriberRole;
import org.m2me.operators.subscriber.SubscriberSettings;
import org.m2me.protocol.identity.Pcid;

/** How the owner enters, by HTTP and JSON, with whom its devices work. */
final class ActivationApiTest {
    @TempDir
    Path directory;

    private final TestPki pki = new TestPki();
    private World world;
    private Machine machine;
    private SubscriberRole subscriber;
    private RoleServer server;

    @BeforeEach
    void start() throws Exception {
        world = new World(directory);
        machine = new Machine(world.random);
        Neighbours peers = new Neighbours();
        peers.set(OPERATOR, new ShoSide());
        peers.set(Icf.class, new IcfSide());
        subscriber = new SubscriberRole(
                        world.context("subscriber.fleet"),
                        peers,
                        new SubscriberSettings("acme", Duration.ofDays(90), true, SubscriberSettings.PERMISSION_WAIT))
                .start();
        subscriber.choose(
                new Subscriber.Purchase(machine.ueid, Pcid.of("901700000000001"), machine.ownerToken, Optional.empty()),
                OPERATOR);
        server = RoleServer.start(
                pki.identity("subscriber.fleet"),
                "localhost",
                0,
                new RoleServer.Content(
                        "subscriber.fleet", Map.of(Subscriber.class, subscriber), Optional.of(subscriber)));
    }

    @AfterEach
    void stop() {
        server.close();
        subscriber.close();
    }

    private String body(String application) {
        return "{\"device\":\"" + machine.ueid.hex() + "\",\"terms\":{\"application\":" + application + "}}";
    }

    private String application(String host, String port, String anchor, String name) {
        return "{\"host\":" + host + ",\"port\":" + port + ",\"association\":{\"anchor\":" + anchor + ",\"name\":"
                + name + "}}";
    }

    private String anchor() {
        return "\""
                + Base64.getEncoder()
                        .encodeToString(world.authority.certificate().der()) + "\"";
    }

    private HttpResponse<String> post(String caller, String method, String json) throws Exception {
        NamedPeers peers = new NamedPeers();
        peers.expect(server.uri(), "subscriber.fleet");
        HttpClient http = HttpClient.newBuilder()
                .sslContext(pki.identity(caller).forClient(peers))
                .build();
        return http.send(
                HttpRequest.newBuilder(URI.create(server.uri() + "/v1/subscriber/" + method))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(json))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void takesWhatIsEnteredAndShowsIt() throws Exception {
        String entered = body(application("\"telemetry.example\"", "5684", anchor(), "\"telemetry\""));
        assertThat(post("console.subscriber.fleet", "activate", entered).statusCode())
                .isLessThan(300);

        HttpResponse<String> shown =
                post("console.subscriber.fleet", "activation", "{\"device\":\"" + machine.ueid.hex() + "\"}");
        assertThat(shown.statusCode()).isEqualTo(200);
        assertThat(shown.body())
                .contains("\"number\":1", "\"host\":\"telemetry.example\"", "\"port\":5684", "\"held\":0");
    }

    @Test
    void withdrawsWhatWasEnteredAndShowsThatToo() throws Exception {
        String console = "console.subscriber.fleet";
        String device = "{\"device\":\"" + machine.ueid.hex() + "\"}";
        post(console, "activate", body(application("\"telemetry.example\"", "5684", anchor(), "\"telemetry\"")));
        assertThat(post("sho.262-01", "deactivate", device).statusCode()).isEqualTo(403);
        assertThat(post(console, "deactivateAll", "{}").body()).contains("NOT_FOUND");
        assertThat(post(console, "deactivate", device).statusCode()).isEqualTo(204);
        assertThat(post(console, "activation", device).body())
                .contains("\"number\":2", "\"own\":true")
                .doesNotContain("telemetry.example");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"tele metry\" | 5684 | \"telemetry\" | terms.application.host",
                "\"telemetry\" | 70000 | \"telemetry\" | terms.application.port",
                "\"telemetry\" | \"x\" | \"telemetry\" | terms.application.port",
                "\"telemetry\" | 5684 | \"\" | terms.application.association.name",
                "null | 5684 | \"telemetry\" | terms.application.host",
            })
    void namesTheFieldThatIsWrong(String host, String port, String name, String field) throws Exception {
        HttpResponse<String> refused =
                post("console.subscriber.fleet", "activate", body(application(host, port, anchor(), name)));
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).contains("\"code\":\"MALFORMED\"", "\"field\":\"" + field + "\"");
    }

    @Test
    void namesTheCertificateThatIsNone() throws Exception {
        HttpResponse<String> refused = post(
                "console.subscriber.fleet",
                "activate",
                body(application("\"telemetry\"", "5684", "\"AAAA\"", "\"telemetry\"")));
        assertThat(refused.body()).contains("\"field\":\"terms.application.association.anchor\"");
    }

    @Test
    void letsNobodyElseEnterAnything() throws Exception {
        String entered = body(application("\"telemetry.example\"", "5684", anchor(), "\"telemetry\""));
        assertThat(post("sho.262-01", "activate", entered).statusCode()).isEqualTo(403);
        assertThat(post("gateway", "activate", entered).statusCode()).isEqualTo(403);
    }
}
