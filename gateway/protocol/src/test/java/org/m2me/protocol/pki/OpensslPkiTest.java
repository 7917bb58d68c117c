// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.m2me.protocol.DebianProgram;
import org.m2me.protocol.Pem;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.pki.CertificateAuthority.Usage;

/** Certificates and OCSP as openssl sees them. It looks at the real clock, so these tests do too. */
final class OpensslPkiTest {
    private final Instant now = Clock.systemUTC().instant();
    private final DebianProgram openssl = DebianProgram.require("openssl", "openssl");
    private final TestPki pki = new TestPki("supplier.acme");
    private final P256PrivateKey responderKey = pki.newKey();
    private final Certificate responder = pki.issue("ocsp", responderKey.publicKey(), Usage.OCSP);
    private final Certificate device = pki.issue(TestPki.UEID, pki.newKey().publicKey(), Usage.DEVICE);
    private final Ocsp.Responder delegated = new Ocsp.Responder(pki.root(), Optional.of(responder), responderKey);

    @TempDir
    private Path folder;

    @BeforeEach
    void writeCertificates() throws Exception {
        Pem.write(folder.resolve("ca.pem"), pki.root());
        Pem.write(folder.resolve("device.pem"), device);
    }

    @ParameterizedTest
    @EnumSource(Usage.class)
    void verifiesOurCertificates(Usage usage) throws Exception {
        Pem.write(folder.resolve("end.pem"), pki.issue("end", responderKey.publicKey(), usage));

        DebianProgram.Output output = openssl.run(folder, "verify", "-check_ss_sig", "-CAfile", "ca.pem", "end.pem");

        assertThat(output.text()).isEqualToNormalizingNewlines("end.pem: OK\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"digitalSignature", "keyCertSign"})
    void makesCertificatesThatWeVerifyWhereTheirIssuerMayIssue(String usage) throws Exception {
        run("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", "their.key");
        run("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", "device.key");
        run(("req -x509 -new -key their.key -subj /CN=acme -days 30 -sha256 -out their.pem"
                        + " -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical," + usage)
                .split(" "));
        run(("req -new -key device.key -subj /CN=" + TestPki.UEID + " -out device.csr").split(" "));
        Files.writeString(folder.resolve("device.ext"), "keyUsage=critical,digitalSignature"); // none: version 1
        run(("x509 -req -in device.csr -CA their.pem -CAkey their.key -CAcreateserial -days 10 -sha256"
                        + " -extfile device.ext -out their-device.pem")
                .split(" "));
        Certificate issuer = Pem.readCertificate(folder.resolve("their.pem"));
        Certificate issued = Pem.readCertificate(folder.resolve("their-device.pem"));
        Instant afterIssue = Clock.systemUTC().instant();

        assertThat(issued.commonName()).isEqualTo(TestPki.UEID);
        if (usage.equals("keyCertSign")) {
            assertThat(CertificatePath.verify(issued, List.of(issuer), afterIssue))
                    .isEqualTo(issuer);
        } else {
            assertThatThrownBy(() -> CertificatePath.verify(issued, List.of(issuer), afterIssue))
                    .isInstanceOf(CertificateRefused.class);
        }
    }

    private void run(String... arguments) throws Exception {
        DebianProgram.Output output = openssl.run(folder, arguments);
        assertThat(output.status()).as(output.text()).isZero();
    }

    @Test
    void acceptsADeviceAsAClientOfTls() throws Exception {
        DebianProgram.Output output =
                openssl.run(folder, "verify", "-purpose", "sslclient", "-CAfile", "ca.pem", "device.pem");

        assertThat(output.text()).isEqualToNormalizingNewlines("device.pem: OK\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-sha1", "-sha256"})
    void asksOurResponderAndBelievesIt(String digest) throws Exception {
        openssl.run(folder, "ocsp", digest, "-issuer", "ca.pem", "-cert", "device.pem", "-reqout", "request.der");
        byte[] request = Files.readAllBytes(folder.resolve("request.der"));

        Files.write(folder.resolve("good.der"), delegated.respond(request, serial -> new Ocsp.Status.Good(), now));
        assertThat(judge(digest, "good.der")).contains("Response verify OK", "device.pem: good");

        Files.write(
                folder.resolve("revoked.der"),
                delegated.respond(request, serial -> new Ocsp.Status.Revoked(now.minusSeconds(60)), now));
        assertThat(judge(digest, "revoked.der")).contains("Response verify OK", "device.pem: revoked");

        Files.write(
                folder.resolve("unknown.der"), delegated.respond(request, serial -> new Ocsp.Status.Unknown(), now));
        assertThat(judge(digest, "unknown.der")).contains("Response verify OK", "device.pem: unknown");
    }

    @Test
    void answersOurRequestsAndIsBelieved() throws Exception {
        byte[] nonce = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
        Files.write(folder.resolve("request.der"), Ocsp.request(List.of(device), pki.root(), nonce));
        Pem.write(folder.resolve("ocsp.pem"), responder);
        Pem.write(folder.resolve("ocsp.key"), responderKey);
        String end = "491231235959Z";
        String name = "/CN=" + TestPki.UEID;

        Files.writeString(folder.resolve("index.txt"), entry("V", end, "", name));
        Ocsp.read(answerOfOpenssl(), pki.root(), nonce, now).check(device);

        Files.writeString(folder.resolve("index.txt"), entry("R", end, "260201000000Z", name));
        byte[] revoked = answerOfOpenssl();
        assertThatThrownBy(() -> Ocsp.read(revoked, pki.root(), nonce, now).check(device))
                .asInstanceOf(InstanceOfAssertFactories.type(CertificateRefused.class))
                .extracting(CertificateRefused::reason)
                .isEqualTo(CertificateRefused.Reason.REVOKED);
    }

    private String entry(String status, String end, String revoked, String name) {
        String serial = device.serial().toString(16).toUpperCase(Locale.ROOT);
        return String.join("\t", status, end, revoked, serial, "unknown", name) + "\n";
    }

    private byte[] answerOfOpenssl() throws Exception {
        DebianProgram.Output output = openssl.run(
                folder,
                "ocsp",
                "-index",
                "index.txt",
                "-CA",
                "ca.pem",
                "-rsigner",
                "ocsp.pem",
                "-rkey",
                "ocsp.key",
                "-reqin",
                "request.der",
                "-respout",
                "response.der",
                "-nmin",
                "5");
        assertThat(output.status()).as(output.text()).isZero();
        return Files.readAllBytes(folder.resolve("response.der"));
    }

    /** Once with the request, to compare nonces, and once with the certificate, to hear its status: it takes only one. */
    private String judge(String digest, String response) throws Exception {
        DebianProgram.Output nonce = openssl.run(
                folder, "ocsp", "-respin", response, "-reqin", "request.der", "-no_nonce", "-CAfile", "ca.pem");
        assertThat(nonce.status()).as(nonce.text()).isZero();
        return openssl.run(
                        folder,
                        "ocsp",
                        "-respin",
                        response,
                        "-no_nonce",
                        digest,
                        "-issuer",
                        "ca.pem",
                        "-cert",
                        "device.pem",
                        "-CAfile",
                        "ca.pem")
                .text();
    }
}
