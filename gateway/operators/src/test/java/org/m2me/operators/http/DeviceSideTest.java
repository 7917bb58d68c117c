// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.m2me.operators.DeviceFeedLog;
import org.m2me.operators.DeviceService;
import org.m2me.operators.TestPki;
import org.m2me.operators.Unavailable;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.DeviceFeed;
import org.m2me.protocol.message.DeviceResource;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.message.Verdict;

@TestInstance(TestInstance.Lifecycle.PER_CLASS) // one server for all: they leave it as it is
final class DeviceSideTest {
    private static final Ueid DEVICE = Ueid.hex("01" + "ab".repeat(16));

    private final TestPki pki = new TestPki();
    private final DeviceFeedLog log = new DeviceFeedLog(Clock.systemUTC(), List.of());
    private RoleServer server;

    @BeforeAll
    void start() throws IOException {
        server = RoleServer.start(
                pki.identity("pva"),
                "localhost",
                0,
                new RoleServer.Content("pva", Map.of(), Optional.of(new Devices(log))));
    }

    @AfterAll
    void stop() {
        server.close();
    }

    /** Echoes registrations, has no mail, refuses evidence, breaks on reports. */
    private record Devices(DeviceFeedLog log) implements DeviceService {
        @Override
        public Optional<byte[]> answer(Ueid device, DeviceResource resource, byte[] body) throws Refused {
            return switch (resource) {
                case REGISTER -> Optional.of(device.equals(DEVICE) ? body : new byte[0]);
                case MAIL -> Optional.empty();
                case EVIDENCE -> throw new Refused(ResultCode.EVIDENCE_STALE, "old");
                case REPORT -> throw new Unavailable("a peer is away", new IOException("refused"));
                case TELEMETRY, ORDER, RELEASE, RELAY, ACTIVATION -> throw new IllegalStateException("broken");
            };
        }

        @Override
        public DeviceFeed feed(long after, Duration wait) throws InterruptedException {
            return log.feed(after, wait);
        }
    }

    @Test
    void passesAMessageOnAndItsAnswerBack() throws Exception {
        HttpResponse<byte[]> answer = post("gateway", DEVICE.hex() + "/r", new byte[] {(byte) 0xA0});
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("content-type")).contains("application/cbor");
        assertThat(answer.body()).containsExactly(0xA0);
    }

    @Test
    void saysThatThereIsNoMail() throws Exception {
        HttpResponse<byte[]> answer = post("gateway.1", DEVICE.hex() + "/m", new byte[0]);
        assertThat(answer.statusCode()).isEqualTo(204);
        assertThat(answer.body()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "gateway, e, 1, EVIDENCE_STALE",
        "gateway, p, 1, UNAVAILABLE",
        "gateway, t, 1, INTERNAL",
        "gateway, z, 1, NOT_FOUND",
        "gateway, r, 257, TOO_LARGE",
        "gateway, m, 1, TOO_LARGE",
        "sho.262-01, r, 1, FORBIDDEN",
        "gatewayx, r, 1, FORBIDDEN",
        "application.pva, t, 1, INTERNAL",
        "application.pva, r, 1, FORBIDDEN",
        "application.pva, m, 0, FORBIDDEN",
        "application.pvb, t, 1, FORBIDDEN",
        "application, t, 1, FORBIDDEN",
    })
    void refusesWithAVerdict(String caller, String resource, int size, ResultCode code) throws Exception {
        HttpResponse<byte[]> answer = post(caller, DEVICE.hex() + "/" + resource, new byte[size]);
        assertThat(answer.statusCode()).isEqualTo(code.status());
        assertThat(Verdict.decode(answer.body()).code()).isEqualTo(code);
    }

    @ParameterizedTest
    @CsvSource({"02abababababababababababababababab", "01AB", "01ABABABABABABABABABABABABABABABAB", "..", "x"})
    void refusesWhatIsNoDevice(String device) throws Exception {
        HttpResponse<byte[]> answer = post("gateway", device + "/r", new byte[1]);
        assertThat(answer.statusCode()).isIn(400, 404);
    }

    @Test
    void tellsAWaitingGatewayOfNewMail() throws Exception {
        long latest = feed("gateway", "after=0&wait=0").latest();
        HttpClient http = http("gateway");
        CompletableFuture<HttpResponse<byte[]>> answer = http.sendAsync(
                request("/device-feed?after=" + latest + "&wait=20000").GET().build(),
                HttpResponse.BodyHandlers.ofByteArray());
        log.announce(DEVICE);
        assertThat(DeviceFeed.decode(answer.get().body()).devices()).containsExactly(DEVICE);
    }

    @ParameterizedTest
    @CsvSource({"gateway, after=1, 400", "gateway, after=x&wait=1, 400", "sho.262-01, after=0&wait=0, 403"})
    void refusesAQuestionThatIsNone(String caller, String query, int status) throws Exception {
        assertThat(get(caller, query).statusCode()).isEqualTo(status);
    }

    private DeviceFeed feed(String caller, String query) throws Exception {
        return DeviceFeed.decode(get(caller, query).body());
    }

    private HttpResponse<byte[]> get(String caller, String query) throws Exception {
        return http(caller)
                .send(request("/device-feed?" + query).GET().build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    private HttpResponse<byte[]> post(String caller, String path, byte[] body) throws Exception {
        return http(caller)
                .send(
                        request("/device/" + path)
                                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofByteArray());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(server.uri() + path));
    }

    private HttpClient http(String name) {
        NamedPeers peers = new NamedPeers();
        peers.expect(server.uri(), "pva");
        return HttpClient.newBuilder()
                .sslContext(pki.identity(name).forClient(peers))
                .build();
    }
}
