// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.m2me.operators.TestPki;
import org.m2me.operators.Unavailable;
import org.m2me.protocol.aka.AkaAlgorithm;
import org.m2me.protocol.aka.AkaKey;
import org.m2me.protocol.aka.AuthenticationVector;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.identity.Imsi;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Pcid;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;

@TestInstance(TestInstance.Lifecycle.PER_CLASS) // one server for all: they leave it as it is
final class RoleServerTest {
    private final TestPki pki = new TestPki();
    private final SamplerRole role = new SamplerRole();
    private RoleServer server;

    @BeforeAll
    void start() throws IOException {
        server = SamplerRole.serve(role, pki, 0);
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @Test
    void carriesEveryTypeThereAndBack() throws Refused {
        Sampler sampler = client("sho.262-01");
        Sampler.Names names = names();
        assertThat(sampler.names(names)).usingRecursiveComparison().isEqualTo(names);
        Sampler.Shapes shapes = new Sampler.Shapes(
                "π \"quoted\"",
                -1,
                Long.MIN_VALUE,
                true,
                ResultCode.QUOTA,
                Instant.parse("2026-11-22T10:00:00.123456789Z"),
                Duration.ofMillis(1500),
                Optional.of(Opaque.of()),
                Optional.empty(),
                List.of(names, names),
                new TreeMap<>(Map.of("temperature", 21L)));
        assertThat(sampler.shapes(shapes)).usingRecursiveComparison().isEqualTo(shapes);
        assertThat(sampler.several(List.of(), Optional.of(names), 3)).hasSize(1);
        assertThat(sampler.several(List.of(names, names), Optional.empty(), 3)).hasSize(2);
        assertThat(sampler.maybe(Optional.empty())).isEmpty();
        assertThat(sampler.maybe(Optional.of(Opaque.of((byte) 7)))).contains(Opaque.of((byte) 7));
        assertThat(sampler.vectors()).singleElement().satisfies(RoleServerTest::isTheVector);
    }

    private static void isTheVector(AuthenticationVector vector) {
        assertThat(vector.rand()).containsExactly(1, 2);
        assertThat(vector.autn()).containsExactly(3);
        assertThat(vector.ik().sameAs(new byte[] {6})).isTrue();
    }

    @Test
    void carriesSecretsAndWipesItsOwnCopies() throws Refused {
        try (AkaKey key = new AkaKey(AkaAlgorithm.MILENAGE, secret(16, 1), secret(16, 2));
                SecretBytes more = secret(16, 3);
                AkaKey answer = client("sho.262-01").key(key, more)) {
            assertThat(answer.k().sameAs(key.k().use(byte[]::clone))).isTrue();
            assertThat(answer.opc().sameAs(more.use(byte[]::clone))).isTrue();
        }
        assertThatThrownBy(() -> Objects.requireNonNull(role.taken.get()).k().copy())
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> Objects.requireNonNull(role.given.get()).opc().copy())
                .isInstanceOf(IllegalStateException.class);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "INTERNAL")
    void carriesEachRefusal(ResultCode code) {
        Sampler sampler = client("sho.262-01");
        if (code == ResultCode.OK) {
            return; // no refusal
        }
        assertThatThrownBy(() -> sampler.refuse(code))
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.code()).isEqualTo(code));
    }

    @Test
    void tellsNothingOfAFaultButThatThereWasOne() throws Exception {
        assertThatThrownBy(() -> client("sho.262-01").fail()).isInstanceOf(Unavailable.class);
        HttpResponse<String> answer = post("sho.262-01", "/v1/sampler/fail", "{}");
        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(answer.body()).isEqualTo("{\"code\":\"INTERNAL\"}");
    }

    @Test
    void refusesACallerThatTheMethodDoesNotName() {
        assertForbidden(() -> client("vno.262-42").maybe(Optional.empty()));
        assertForbidden(() -> client("shop.262-01").maybe(Optional.empty()));
        assertForbidden(() -> client("sho.262-01").forgotten());
    }

    @Test
    void refusesWhoSpeaksInTheNameOfAnother() throws Refused {
        Sampler sampler = client("sho.262-01");
        sampler.sign(new Sampler.Signed(Plmn.parse("262-01")));
        sampler.introduce("262-01");
        sampler.serve("sho.262-01");
        assertForbidden(() -> sampler.sign(new Sampler.Signed(Plmn.parse("262-02"))));
        assertForbidden(() -> sampler.introduce("262-02"));
        assertForbidden(() -> sampler.serve("262-01"));
        assertForbidden(() -> sampler.serve("vno.262-42"));
    }

    private static void assertForbidden(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.code()).isEqualTo(ResultCode.FORBIDDEN));
    }

    @Test
    void doesNotTalkToWhoHasNoCertificate() throws Exception {
        HttpClient anonymous = HttpClient.newBuilder()
                .sslContext(TestTls.withoutKey(pki.anchor()))
                .build();
        assertThatThrownBy(() -> anonymous.send(request("/health").GET().build(), HttpResponse.BodyHandlers.ofString()))
                .isInstanceOf(IOException.class);
    }

    @Test
    void doesNotTalkToWhoIsCertifiedByAnother() {
        Sampler stranger =
                new RoleClient(new TestPki().identity("sho.262-01")).of(Sampler.class, "sampler", server.uri());
        assertThatThrownBy(() -> stranger.maybe(Optional.empty())).isInstanceOf(Unavailable.class);
    }

    @Test
    void doesNotCallARoleThatIsNotTheOneExpected() {
        Sampler sampler = new RoleClient(pki.identity("sho.262-01")).of(Sampler.class, "pva", server.uri());
        assertThatThrownBy(() -> sampler.maybe(Optional.empty()))
                .isInstanceOf(Unavailable.class)
                .hasStackTraceContaining("sampler is not the role expected at localhost");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "names | {} | names",
                "names | {\"names\":{\"imsi\":\"123\"}} | names.imsi",
                "names | {\"names\":null} | names",
                "names | {\"name\":{}} | name",
                "several | {\"list\":[null],\"number\":1} | list[0]",
                "several | {\"list\":[],\"number\":\"1\"} | number",
                "several | {\"list\":[],\"number\":1.5} | number",
                "several | {\"list\":[{\"imsi\":\"123456789012345\"}],\"number\":1} | list[0].pcid",
                "sign | {\"signed\":{\"operator\":\"262-01\",\"colour\":1}} | signed.colour",
                "sign | {\"signed\":{}} | signed.operator",
                "sign | {\"signed\":{\"operator\":262}} | signed.operator",
                "refuse | {\"code\":3} | code",
                "refuse | {\"code\":\"NO\"} | code",
                "key | {\"more\":\"?\"} | more",
            })
    void namesTheFieldThatIsWrong(String method, String body, String field) throws Exception {
        HttpResponse<String> answer = post("sho.262-01", "/v1/sampler/" + method, body);
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).isEqualTo("{\"code\":\"MALFORMED\",\"field\":\"" + field + "\"}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {"{", "[]", "''", "x", "{}{}", "{\"value\":null,\"value\":null}"})
    void refusesWhatIsNoJsonObject(String body) throws Exception {
        assertThat(post("sho.262-01", "/v1/sampler/maybe", body).statusCode()).isEqualTo(400);
    }

    @Test
    void takesAnAbsentOptionalForAnEmptyOne() throws Exception {
        HttpResponse<String> answer = post("sho.262-01", "/v1/sampler/maybe", "{}");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("null");
    }

    @Test
    void refusesABodyThatIsTooLargeWhetherOrNotItSaysSo() throws Exception {
        String body = "{\"value\":\"" + "A".repeat(WireJson.MESSAGE_SIZE_MAX) + "\"}";
        assertThat(post("sho.262-01", "/v1/sampler/maybe", body).statusCode()).isEqualTo(413);
        HttpRequest chunked = request("/v1/sampler/maybe")
                .POST(HttpRequest.BodyPublishers.fromPublisher(HttpRequest.BodyPublishers.ofString(body)))
                .build();
        assertThat(http("sho.262-01")
                        .send(chunked, HttpResponse.BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(413);
    }

    @Test
    void saysThatThereIsNothingByThatName() throws Exception {
        for (String path : List.of("/", "/v1/sampler", "/v1/sampler/none", "/v1/none/maybe", "/v1/sampler/maybe/")) {
            assertThat(post("sho.262-01", path, "{}").statusCode()).as(path).isEqualTo(404);
        }
    }

    @Test
    void isHealthy() throws Exception {
        HttpResponse<String> answer =
                http("anybody").send(request("/health").GET().build(), HttpResponse.BodyHandlers.ofString());
        assertThat(answer.body()).isEqualTo("{\"role\":\"sampler\",\"status\":\"ok\"}");
    }

    private Sampler client(String name) {
        return new RoleClient(pki.identity(name)).of(Sampler.class, "sampler", server.uri());
    }

    private HttpClient http(String name) {
        NamedPeers peers = new NamedPeers();
        peers.expect(server.uri(), "sampler");
        return HttpClient.newBuilder()
                .sslContext(pki.identity(name).forClient(peers))
                .build();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(server.uri() + path));
    }

    private HttpResponse<String> post(String name, String path, String body) throws Exception {
        return http(name)
                .send(
                        request(path)
                                .POST(HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofString(UTF_8));
    }

    private Sampler.Names names() {
        return new Sampler.Names(
                new Imsi("262011234567890"),
                Pcid.of("901700000000001"),
                Plmn.parse("262-01"),
                Ueid.hex("01" + "ab".repeat(16)),
                new Nonce(Opaque.hex("cd".repeat(16))),
                Opaque.of((byte) -1, (byte) 0),
                pki.anchor());
    }

    private static SecretBytes secret(int length, int value) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) value);
        return SecretBytes.takeFrom(bytes);
    }
}
