// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.ivf.alone;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.m2me.operators.DebianProgram;
import org.m2me.operators.ManualClock;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.evidence.AttestationResult;
import org.m2me.protocol.evidence.TrustVector;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Ueid;

/** The tokens come from a signer that has nothing of ours: python3 and openssl. */
class StandAloneTest {
    private static final String DEVICE = "01" + "a7".repeat(16);

    @TempDir
    Path directory;

    private final ManualClock clock =
            new ManualClock(Clock.systemUTC().instant().plusSeconds(2)); // tokens carry python's time
    private final HttpClient http = HttpClient.newHttpClient();
    private Path signer;
    private StandAlone alone;

    @BeforeEach
    void start() throws Exception {
        DebianProgram.require("python3", "python3");
        DebianProgram.require("openssl", "openssl");
        signer = Path.of(StandAloneTest.class.getResource("ear.py").toURI());
        key("verifier");
        Files.writeString(directory.resolve("ivf.properties"), """
                listen = localhost:0
                tls = off
                database = ivf.db
                issuer.verifier = verifier.pub.pem
                """);
        alone = StandAlone.start(directory.resolve("ivf.properties"), clock);
    }

    @AfterEach
    void stop() {
        if (alone != null) {
            alone.close();
        }
    }

    private void restart() throws Exception {
        alone.close();
        alone = StandAlone.start(directory.resolve("ivf.properties"), clock);
    }

    private void configure(String... lines) throws Exception {
        Files.writeString(
                directory.resolve("ivf.properties"),
                "listen = localhost:0\ntls = off\nissuer.verifier = verifier.pub.pem\n" + String.join("\n", lines));
        restart();
    }

    @ParameterizedTest
    @ValueSource(strings = {"jwt", "cwt"})
    void answersWithATokenThatWasPut(String form) throws Exception {
        byte[] token = token(form, "verifier", "policy=p1");

        assertThat(put(DEVICE, token).statusCode()).isEqualTo(200);

        HttpResponse<String> answer = get(DEVICE);
        assertThat(answer.statusCode()).isEqualTo(200);
        String kept = form.equals("jwt")
                ? new String(token, US_ASCII)
                : Base64.getUrlEncoder().withoutPadding().encodeToString(token);
        assertThat(answer.body())
                .contains("\"standing\":\"VALID\"", "\"status\":\"affirming\"", "\"issuer\":\"verifier\"")
                .contains("\"policies\":[\"p1\"]", "\"" + form + "\":\"" + kept + "\"");
    }

    @Test
    void takesTheClaimNamesOfEarlierDrafts() throws Exception {
        put(DEVICE, token("jwt", "verifier", "old", "policy=p1", "status=32"));

        assertThat(get(DEVICE).body()).contains("VALID", "\"warning\"", "p1");
    }

    @Test
    void takesWhatOurOwnPvaIssues() throws Exception {
        P256PrivateKey pva = P256PrivateKey.generate(new java.security.SecureRandom());
        Files.writeString(
                directory.resolve("pva.pem"),
                "-----BEGIN PUBLIC KEY-----\n"
                        + Base64.getEncoder().encodeToString(pva.publicKey().spki()) + "\n-----END PUBLIC KEY-----\n");
        configure("issuer.pva = pva.pem");
        byte[] result = new AttestationResult(
                        Ueid.hex(DEVICE),
                        "pva",
                        clock.instant(),
                        clock.instant().plusSeconds(60),
                        new TrustVector(2, 2, 3, 0, 0, 0, 32, 0),
                        "m2m-baseline-1",
                        "acme/board:1",
                        List.of("agent"),
                        Optional.empty(),
                        1,
                        1,
                        Opaque.of(new byte[16]),
                        pva.publicKey(),
                        Opaque.of(new byte[32]))
                .sign(pva);

        assertThat(put(DEVICE, result).statusCode()).isEqualTo(200);
        assertThat(get(DEVICE, "?policy=m2m-baseline-1").body()).contains("VALID", "\"warning\"", "\"pva\"");
    }

    @Test
    void takesAJwkAndACertificateAsTheIssuersKey() throws Exception {
        openssl("req", "-new", "-x509", "-key", "verifier.pem", "-subj", "/CN=verifier", "-out", "verifier.crt");
        byte[] token = token("jwt", "verifier");
        Files.writeString(
                directory.resolve("ivf.properties"),
                "listen = localhost:0\ntls = off\nissuer.verifier = verifier.crt\n");
        restart();
        assertThat(put(DEVICE, token).statusCode()).isEqualTo(200);

        byte[] spki = Base64.getMimeDecoder()
                .decode(Files.readString(directory.resolve("verifier.pub.pem")).replaceAll("-----[A-Z ]+-----", ""));
        Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
        String jwk = "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\""
                + base64.encodeToString(Arrays.copyOfRange(spki, spki.length - 64, spki.length - 32)) + "\",\"y\":\""
                + base64.encodeToString(Arrays.copyOfRange(spki, spki.length - 32, spki.length)) + "\"}";
        Files.writeString(directory.resolve("verifier.jwk"), jwk);
        Files.writeString(
                directory.resolve("ivf.properties"),
                "listen = localhost:0\ntls = off\nissuer.verifier = verifier.jwk\n");
        restart();
        assertThat(put(DEVICE, token).statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({"2,VALID", "32,VALID", "0,NOT_COVERED", "96,REVOKED"})
    void answersByTheStatusThatTheVerifierGave(int status, String standing) throws Exception {
        put(DEVICE, token("cwt", "verifier", "status=" + status));

        assertThat(get(DEVICE).body()).contains("\"standing\":\"" + standing + "\"");
        assertThat(get(DEVICE).body().contains("\"cwt\"")).isEqualTo(standing.equals("VALID"));
    }

    @Test
    void tellsWhatItNeverSawWhatExpiredAndAnotherPolicy() throws Exception {
        HttpResponse<String> never = get("other");
        assertThat(never.statusCode()).isEqualTo(404);
        assertThat(never.body()).isEqualTo("{\"device\":\"other\",\"standing\":\"NEVER_SEEN\"}");
        put(DEVICE, token("jwt", "verifier", "policy=p1"));
        assertThat(get(DEVICE, "?policy=p2").body()).contains("OTHER_POLICY").doesNotContain("\"jwt\"");
        clock.advance(Duration.ofHours(25));
        assertThat(get(DEVICE).body()).contains("EXPIRED").doesNotContain("\"jwt\"");
    }

    @Test
    void endsATokenWithoutAnEndByTheConfiguration() throws Exception {
        configure("lifetime = PT1H");
        put(DEVICE, token("jwt", "verifier", "expires=none"));
        assertThat(get(DEVICE).body()).contains("VALID");
        clock.advance(Duration.ofHours(1));

        assertThat(get(DEVICE).body()).contains("EXPIRED");
    }

    @Test
    void keepsTheNewestAndSaysSo() throws Exception {
        long now = clock.instant().getEpochSecond();
        byte[] newer = token("jwt", "verifier", "issued=" + now);
        put(DEVICE, newer);

        HttpResponse<String> answer = put(DEVICE, token("jwt", "verifier", "issued=" + (now - 60)));

        assertThat(answer.statusCode()).isEqualTo(409);
        assertThat(answer.body()).contains("\"field\":\"iat\"");
        assertThat(get(DEVICE).body()).contains(new String(newer, US_ASCII));
    }

    @Test
    void aWithdrawalHoldsForWhatComesLate() throws Exception {
        byte[] late = token("jwt", "verifier", "issued=" + clock.instant().getEpochSecond());
        clock.advance(Duration.ofSeconds(5));
        assertThat(send("DELETE", DEVICE, new byte[0]).body()).contains("REVOKED");
        restart();
        put(DEVICE, late);
        assertThat(get(DEVICE).body()).contains("REVOKED").doesNotContain("\"jwt\"");
        clock.advance(Duration.ofSeconds(5));
        put(DEVICE, token("jwt", "verifier", "issued=" + clock.instant().getEpochSecond()));

        assertThat(get(DEVICE).body()).contains("VALID");
    }

    @Test
    void keepsAllWhenItIsStoppedAndStarted() throws Exception {
        byte[] token = token("cwt", "verifier");
        put(DEVICE, token);
        restart();

        assertThat(get(DEVICE).body())
                .contains(Base64.getUrlEncoder().withoutPadding().encodeToString(token));
    }

    @ParameterizedTest
    @ValueSource(strings = {"jwt", "cwt"})
    void refusesATokenOfAStrangerOrThatWasChanged(String form) throws Exception {
        key("stranger");
        assertFault(put(DEVICE, token(form, "stranger")), 403, "signature");
        byte[] changed = token(form, "verifier");
        changed[changed.length - 10] ^= 1;
        assertFault(put(DEVICE, changed), 403, "signature");
        assertThat(get(DEVICE).statusCode()).isEqualTo(404);
    }

    @Test
    void refusesATokenAboutAnotherDevice() throws Exception {
        assertFault(put("01" + "00".repeat(16), token("jwt", "verifier")), 403, "device");
    }

    @Test
    void asksForTheClaimThatNamesTheDevice() throws Exception {
        byte[] token = token("jwt", "verifier");
        configure("device-claim = sub");
        assertFault(put(DEVICE, token), 400, "sub");
        configure("device-claim = none");
        assertThat(put(DEVICE, token).statusCode()).isEqualTo(200);
    }

    @Test
    void refusesATokenOfAnotherTime() throws Exception {
        long now = clock.instant().getEpochSecond();
        assertFault(put(DEVICE, token("cwt", "verifier", "issued=" + (now + 3600))), 400, "iat");
        assertFault(put(DEVICE, token("cwt", "verifier", "issued=" + (now - 60), "expires=" + (now - 1))), 400, "exp");
    }

    @Test
    void refusesAlgorithmsThatAreNone() throws Exception {
        String none = base64("{\"alg\":\"none\"}") + "." + base64("{}") + ".";
        String hmac = base64("{\"alg\":\"HS256\"}") + "." + base64("{}") + "." + base64("x");

        assertThat(put(DEVICE, none.getBytes(US_ASCII)).statusCode()).isEqualTo(400);
        assertFault(put(DEVICE, hmac.getBytes(US_ASCII)), 400, "alg");
    }

    @Test
    void survivesHostileInput() throws Exception {
        byte[] nested = "[".repeat(20_000).getBytes(US_ASCII);
        String deep = base64("{\"alg\":\"ES256\",\"x\":" + "[".repeat(5_000)) + "." + base64("{}") + "." + base64("x");
        for (byte[] hostile : List.of(
                new byte[0],
                new byte[] {'e'},
                new byte[] {(byte) 0xd2},
                new byte[] {(byte) 0xd8, 61},
                nested,
                deep.getBytes(US_ASCII),
                new byte[30_000])) {
            HttpResponse<String> answer = put(DEVICE, hostile);
            assertThat(answer.statusCode()).isEqualTo(400);
            assertThat(answer.body()).contains("\"fault\"", "\"do\"");
        }
        assertThat(put(DEVICE, new byte[40_000]).statusCode()).isEqualTo(413);
        assertThat(put("a%2Fb", new byte[1]).statusCode()).isEqualTo(400);
        assertFault(put("a%20b", new byte[1]), 400, "device");
        assertFault(put("x".repeat(200), new byte[1]), 400, "device");
        assertFault(send("POST", DEVICE, new byte[1]), 405, "method");
        assertThat(get(DEVICE).statusCode()).isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "issuer.a = absent.pem | issuer.a",
                "issuer.a = ivf.properties | issuer.a",
                "listen = localhost | listen",
                "lifetime = long | lifetime",
                "device-claim = name | device-claim",
                "colour = blue | colour",
                "tls = on | tls.certificate",
                "listen = 192.0.2.1:0 | without TLS"
            })
    void saysWhatIsWrongWithItsConfiguration(String line, String named) throws Exception {
        Files.writeString(
                directory.resolve("ivf.properties"),
                "tls = off\nlisten = localhost:0\nissuer.verifier = verifier.pub.pem\n" + line + "\n");
        ByteArrayOutputStream err = new ByteArrayOutputStream();

        int status = StandAlone.run(
                new String[] {"--config", directory.resolve("ivf.properties").toString()},
                new PrintStream(new ByteArrayOutputStream(), false, UTF_8),
                new PrintStream(err, true, UTF_8),
                clock);

        assertThat(status).isEqualTo(2);
        assertThat(err.toString(UTF_8)).contains(named);
    }

    private void assertFault(HttpResponse<String> answer, int status, String field) {
        assertThat(answer.body()).contains("\"field\":\"" + field + "\"", "\"fault\"", "\"do\"");
        assertThat(answer.statusCode()).isEqualTo(status);
    }

    private HttpResponse<String> put(String device, byte[] token) throws Exception {
        return send("PUT", device, token);
    }

    private HttpResponse<String> get(String device) throws Exception {
        return send("GET", device, new byte[0]);
    }

    private HttpResponse<String> get(String device, String query) throws Exception {
        return send("GET", device + query, new byte[0]);
    }

    private HttpResponse<String> send(String verb, String device, byte[] body) throws Exception {
        URI uri = URI.create(alone.uri() + "/results/" + device);
        return http.send(
                HttpRequest.newBuilder(uri)
                        .method(verb, HttpRequest.BodyPublishers.ofByteArray(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(UTF_8));
    }

    private void key(String name) throws Exception {
        openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", name + ".pem");
        openssl("pkey", "-in", name + ".pem", "-pubout", "-out", name + ".pub.pem");
    }

    private void openssl(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("openssl"));
        command.addAll(List.of(arguments));
        byte[] unused = DebianProgram.output(directory, command.toArray(String[]::new));
    }

    private byte[] token(String form, String key, String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of("python3", signer.toString(), form, key + ".pem", DEVICE));
        command.addAll(List.of(options));
        return DebianProgram.output(directory, command.toArray(String[]::new));
    }
}
