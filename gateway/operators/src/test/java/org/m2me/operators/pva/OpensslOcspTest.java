// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.pva;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.m2me.operators.DebianProgram;
import org.m2me.operators.Supplier.PcidWay;
import org.m2me.operators.http.OcspServer;
import org.m2me.operators.pva.PvaWorld.TestDevice;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.message.DeviceResource;
import org.m2me.protocol.message.Mail;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.message.Verdict;
import org.m2me.protocol.pki.Certificate;
import org.m2me.protocol.pki.CertificateAuthority;
import org.m2me.protocol.pki.CertificateAuthority.Usage;
import org.m2me.protocol.pki.Ocsp;

/** The status of platform credentials over HTTP, with Debian's openssl at one end and ours at the other. */
class OpensslOcspTest {
    private static final int STALE_MAX = 3; // openssl reads its index again after it answered

    @TempDir
    Path folder;

    private PvaWorld world;
    private TestDevice device;
    private Certificate credential;

    @BeforeEach
    void start() throws Exception {
        DebianProgram.require("openssl", "openssl");
        world = new PvaWorld(folder, Clock.systemUTC().instant());
        world.supplier.release(PvaWorld.MODEL, PvaWorld.GOOD);
        device = world.new TestDevice();
        Opaque made = world.supplier.make(device.blank(PcidWay.SENT_TO_CCIF)).platformCertificate();
        credential = Certificate.parse(made.bytes());
        Openssl.pem(
                folder.resolve("ca.pem"),
                "CERTIFICATE",
                world.deviceCa.certificate().der());
        Openssl.pem(folder.resolve("device.pem"), "CERTIFICATE", credential.der());
    }

    @AfterEach
    void stop() {
        world.close();
    }

    @Test
    void asksAnOpensslResponderAndHearsOfARevocation() throws Exception {
        writeResponder();
        index("V", "");
        try (Openssl.Responder responder = openssl()) {
            ask(responder.uri());
            assertThat(validated()).isEqualTo(ResultCode.OK);

            index("R", "260101000000Z");
            ResultCode code = ResultCode.OK;
            for (int i = 0; i < STALE_MAX && code == ResultCode.OK; i++) {
                code = validated();
            }

            assertThat(code).isEqualTo(ResultCode.CREDENTIAL_REVOKED);
        }
    }

    @Test
    void decidesNothingWhileNobodyAnswersAndGoesOnWhenSomebodyDoes() throws Exception {
        try (OcspServer ours = server()) {
            ask(closedPort());
            world.pva.validate(world.request(device));
            byte[] evidence = evidence();
            assertTryLater(evidence);

            ask(ours.uri());

            assertThat(send(evidence)).isEqualTo(ResultCode.OK);
        }
    }

    @Test
    void decidesNothingByAnAnswerThatIsOldOrNotSignedByWhoMay() throws Exception {
        P256PrivateKey stranger = P256PrivateKey.generate(world.random);
        Certificate self = CertificateAuthority.selfSigned(
                        "acme devices",
                        stranger,
                        world.clock.instant().minusSeconds(60),
                        world.clock.instant().plusSeconds(600))
                .certificate();
        try (OcspServer old = OcspServer.start(loopback(), request -> answer(request, Duration.ofHours(2)));
                OcspServer forged = OcspServer.start(
                        loopback(),
                        request -> new Ocsp.Responder(world.deviceCa.certificate(), Optional.of(self), stranger)
                                .respond(request, serial -> new Ocsp.Status.Good(), world.clock.instant()));
                OcspServer noise = OcspServer.start(loopback(), request -> new byte[50_000])) {
            for (OcspServer one : new OcspServer[] {old, forged, noise}) {
                ask(one.uri());
                world.pva.validate(world.request(device));
                assertTryLater(evidence());
            }
        }
    }

    private byte[] answer(byte[] request, Duration age) {
        return new Ocsp.Responder(world.deviceCa.certificate(), Optional.empty(), world.deviceCaKey)
                .respond(
                        request,
                        serial -> new Ocsp.Status.Good(),
                        world.clock.instant().minus(age));
    }

    @Test
    void answersOpensslByPostAndTellsItOfARevocation() throws Exception {
        try (OcspServer ours = server()) {
            assertThat(opensslAsks(ours, "-nonce")).contains("Response verify OK", "device.pem: good");
            assertThat(opensslAsks(ours, "-no_nonce")).contains("Response verify OK", "device.pem: good");

            world.supplier.revoke(device.ueid);

            assertThat(opensslAsks(ours, "-nonce")).contains("Response verify OK", "device.pem: revoked");
        }
        assertThat(validated()).isEqualTo(ResultCode.CREDENTIAL_REVOKED);
    }

    @Test
    void answersByGetAndRefusesWhatIsNoQuestion() throws Exception {
        byte[] request = Ocsp.request(List.of(credential), world.deviceCa.certificate(), new byte[32]);
        try (OcspServer ours = server()) {
            String base64 = Base64.getEncoder().encodeToString(request);
            for (String path : new String[] {base64, URLEncoder.encode(base64, StandardCharsets.US_ASCII)}) {
                HttpResponse<byte[]> response = http(
                        HttpRequest.newBuilder(URI.create(ours.uri() + path)).build());
                assertThat(response.statusCode()).isEqualTo(200);
                Ocsp.read(response.body(), world.deviceCa.certificate(), new byte[32], world.clock.instant())
                        .check(credential);
            }
            assertThat(status(HttpRequest.newBuilder(URI.create(ours.uri() + "not%20base64"))))
                    .isEqualTo(400);
            assertThat(status(HttpRequest.newBuilder(ours.uri()).DELETE())).isEqualTo(405);
            assertThat(status(post(ours, "text/plain", request))).isEqualTo(415);
            assertThat(status(post(ours, "application/ocsp-request", new byte[Ocsp.REQUEST_SIZE_MAX + 1])))
                    .isEqualTo(413);
        }
    }

    private static HttpRequest.Builder post(OcspServer to, String type, byte[] body) {
        return HttpRequest.newBuilder(to.uri())
                .header("Content-Type", type)
                .POST(HttpRequest.BodyPublishers.ofByteArray(body));
    }

    private static int status(HttpRequest.Builder request) throws Exception {
        return http(request.build()).statusCode();
    }

    private static HttpResponse<byte[]> http(HttpRequest request) throws Exception {
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofByteArray());
    }

    private OcspServer server() throws Exception {
        return OcspServer.start(
                loopback(), request -> world.supplier.ocsp(Opaque.of(request)).bytes());
    }

    private static InetSocketAddress loopback() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    private static URI closedPort() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return URI.create("http://127.0.0.1:" + socket.getLocalPort() + "/");
        }
    }

    private String opensslAsks(OcspServer server, String nonce) throws Exception {
        return Openssl.run(
                folder,
                "ocsp",
                "-url",
                server.uri().toString(),
                "-issuer",
                "ca.pem",
                "-CAfile",
                "ca.pem",
                "-cert",
                "device.pem",
                nonce);
    }

    private void writeResponder() throws Exception {
        P256PrivateKey key = P256PrivateKey.generate(world.random);
        Certificate certificate = world.deviceCa.issue(new CertificateAuthority.Request(
                "ocsp",
                "",
                key.publicKey(),
                Usage.OCSP,
                world.clock.instant().minusSeconds(3600),
                world.clock.instant().plusSeconds(3600)));
        Openssl.pem(folder.resolve("ocsp.pem"), "CERTIFICATE", certificate.der());
        try (SecretBytes der = key.pkcs8()) {
            Openssl.pem(folder.resolve("ocsp.key"), "PRIVATE KEY", der.use(byte[]::clone));
        }
    }

    private void index(String status, String revoked) throws Exception {
        String serial = credential.serial().toString(16).toUpperCase(Locale.ROOT);
        String even = serial.length() % 2 == 0 ? serial : "0" + serial;
        // A new file each time: openssl sees a change by inode, or by the second.
        Path written = Files.createTempFile(folder, "index", ".new");
        Files.writeString(
                written,
                String.join("\t", status, "491231235959Z", revoked, even, "unknown", "/CN=" + device.ueid.hex())
                        + "\n");
        Files.move(written, folder.resolve("index.txt"), StandardCopyOption.REPLACE_EXISTING);
    }

    private Openssl.Responder openssl() throws Exception {
        return Openssl.Responder.start(
                folder,
                "-index",
                "index.txt",
                "-CA",
                "ca.pem",
                "-rsigner",
                "ocsp.pem",
                "-rkey",
                "ocsp.key",
                "-nmin",
                "5",
                "-ignore_err");
    }

    private void ask(URI responder) {
        world.responder = Optional.of(responder);
        world.restartPva();
    }

    private byte[] evidence() throws Exception {
        byte[] mail =
                world.pva.answer(device.ueid, DeviceResource.MAIL, new byte[0]).orElseThrow();
        return device.evidence(((Mail.Challenge) Mail.decode(mail)).nonce(), PvaWorld.GOOD);
    }

    private ResultCode send(byte[] evidence) throws Exception {
        byte[] answer =
                world.pva.answer(device.ueid, DeviceResource.EVIDENCE, evidence).orElseThrow();
        return Verdict.decode(answer).code();
    }

    private ResultCode validated() throws Exception {
        world.pva.validate(world.request(device));
        return send(evidence());
    }

    private void assertTryLater(byte[] evidence) {
        assertThatThrownBy(() -> send(evidence))
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.code()).isEqualTo(ResultCode.UNAVAILABLE));
    }
}
