// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.bouncycastle.cert.ocsp.OCSPResp;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.m2me.protocol.DebianProgram;
import org.m2me.protocol.Pem;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.pki.CertificateAuthority.Usage;
import org.m2me.protocol.pki.CertificateRefused.Reason;

/** One question about many certificates (RFC 6960 4.1.1), and what to make of an answer that tells of some only. */
final class OcspListTest {
    private static final byte[] NONCE = new byte[32];

    @TempDir
    private Path folder;

    private final TestPki pki = new TestPki("supplier.acme");
    private final P256PrivateKey key = pki.newKey();
    private final Ocsp.Responder responder = new Ocsp.Responder(pki.root(), Optional.empty(), pki.key());

    private List<Certificate> devices(int count) {
        List<Certificate> devices = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            devices.add(pki.issue(TestPki.UEID, pki.newKey().publicKey(), Usage.DEVICE));
        }
        return devices;
    }

    private Ocsp.Statuses read(byte[] response) throws CertificateRefused {
        return Ocsp.read(response, pki.root(), NONCE, TestPki.NOW);
    }

    @Test
    void tellsEachOfAsManyAsMayBeAskedAboutFromTheOthers() throws Exception {
        List<Certificate> devices = devices(Ocsp.CERTIFICATES_MAX);
        BigInteger revoked = devices.get(41).serial();
        BigInteger unknown = devices.get(99).serial();
        byte[] request = Ocsp.request(devices, pki.root(), NONCE);
        byte[] response = responder.respond(
                request,
                serial -> serial.equals(revoked)
                        ? new Ocsp.Status.Revoked(TestPki.NOW)
                        : serial.equals(unknown) ? new Ocsp.Status.Unknown() : new Ocsp.Status.Good(),
                TestPki.NOW);

        assertThat(request.length).isLessThan(Ocsp.REQUEST_SIZE_MAX);
        assertThat(response.length).isLessThan(Ocsp.RESPONSE_SIZE_MAX / 2);
        Ocsp.Statuses statuses = read(response);
        for (int i = 0; i < devices.size(); i++) {
            Certificate device = devices.get(i);
            if (i == 41 || i == 99) {
                assertRefused(statuses, device, i == 41 ? Reason.REVOKED : Reason.STATUS_UNKNOWN);
            } else {
                assertThatCode(() -> statuses.check(device)).doesNotThrowAnyException();
            }
        }
    }

    @Test
    void saysOfWhichItWasToldNothing() throws Exception {
        List<Certificate> devices = devices(2);
        byte[] first = Ocsp.request(devices.subList(0, 1), pki.root(), NONCE);

        Ocsp.Statuses statuses = read(responder.respond(first, serial -> new Ocsp.Status.Good(), TestPki.NOW));

        assertThat(statuses.name(devices.get(0))).isTrue();
        assertThat(statuses.name(devices.get(1))).isFalse();
        assertRefused(statuses, devices.get(1), Reason.STATUS_NOT_TOLD);
    }

    @Test
    void asksAboutNoMoreThanItMayAndNotAboutNobody() {
        List<Certificate> many = devices(Ocsp.CERTIFICATES_MAX + 1);

        assertThatThrownBy(() -> Ocsp.request(many, pki.root(), NONCE)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Ocsp.request(List.of(), pki.root(), NONCE))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void answersNoRequestAboutMore() throws Exception {
        byte[] most = Ocsp.request(devices(Ocsp.CERTIFICATES_MAX), pki.root(), NONCE);
        byte[] tooLong = Arrays.copyOf(most, Ocsp.REQUEST_SIZE_MAX + 1);

        byte[] response = responder.respond(tooLong, serial -> new Ocsp.Status.Good(), TestPki.NOW);

        assertThat(new OCSPResp(response).getStatus()).isEqualTo(OCSPResp.MALFORMED_REQUEST);
    }

    @Test
    void isUnderstoodByOpensslAndUnderstandsIt() throws Exception {
        DebianProgram openssl = DebianProgram.require("openssl", "openssl");
        Instant now = Clock.systemUTC().instant();
        Certificate certified = pki.issue("ocsp", key.publicKey(), Usage.OCSP);
        List<Certificate> devices = devices(3);
        Files.write(folder.resolve("request.der"), Ocsp.request(devices, pki.root(), NONCE));
        Pem.write(folder.resolve("ca.pem"), pki.root());
        Pem.write(folder.resolve("ocsp.pem"), certified);
        Pem.write(folder.resolve("ocsp.key"), key);
        Files.writeString(
                folder.resolve("index.txt"),
                entry("V", "", devices.get(0)) + entry("R", "260201000000Z", devices.get(1)));

        DebianProgram.Output output = openssl.run(
                folder,
                ("ocsp -index index.txt -CA ca.pem -rsigner ocsp.pem -rkey ocsp.key -reqin request.der"
                                + " -respout response.der -nmin 5")
                        .split(" "));

        assertThat(output.status()).as(output.text()).isZero();
        Ocsp.Statuses statuses = Ocsp.read(Files.readAllBytes(folder.resolve("response.der")), pki.root(), NONCE, now);
        statuses.check(devices.get(0));
        assertRefused(statuses, devices.get(1), Reason.REVOKED);
        assertRefused(statuses, devices.get(2), Reason.STATUS_UNKNOWN);
    }

    private static String entry(String status, String revoked, Certificate device) {
        String serial = device.serial().toString(16).toUpperCase(Locale.ROOT);
        String even = serial.length() % 2 == 0 ? serial : "0" + serial;
        return String.join("\t", status, "491231235959Z", revoked, even, "unknown", "/CN=" + TestPki.UEID) + "\n";
    }

    private static void assertRefused(Ocsp.Statuses statuses, Certificate device, Reason reason) {
        assertThatThrownBy(() -> statuses.check(device))
                .asInstanceOf(InstanceOfAssertFactories.type(CertificateRefused.class))
                .extracting(CertificateRefused::reason)
                .isEqualTo(reason);
    }
}
