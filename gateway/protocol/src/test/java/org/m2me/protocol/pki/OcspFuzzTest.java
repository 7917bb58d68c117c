// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.pki;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bouncycastle.cert.ocsp.OCSPResp;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.provider.MethodSource;
import org.m2me.protocol.Samples;
import org.m2me.protocol.UnsignedObjects;
import org.m2me.protocol.pki.CertificateAuthority.Request;
import org.m2me.protocol.pki.CertificateAuthority.Usage;
import org.m2me.protocol.pki.CertificateRefused.Reason;

/** Any bytes are a request to our responder, and an answer to our client: each has an answer, none is believed. */
@Timeout(10)
class OcspFuzzTest {
    private static final byte[] NONCE = new byte[32];
    private static final CertificateAuthority AUTHORITY =
            CertificateAuthority.selfSigned("supplier.acme", Samples.SIGNER, TestPki.BEGIN, TestPki.END);
    private static final Certificate ISSUER = AUTHORITY.certificate();
    private static final Certificate DEVICE = issue(TestPki.UEID, Usage.DEVICE);
    private static final Ocsp.Responder HONEST =
            new Ocsp.Responder(ISSUER, Optional.of(issue("ocsp", Usage.OCSP)), Samples.AGREEMENT);
    private static final Ocsp.Responder HASTY = new Ocsp.Responder(ISSUER, Optional.empty(), UnsignedObjects.SIGNER);

    private static Certificate issue(String name, Usage usage) {
        return AUTHORITY.issue(new Request(name, "", Samples.AGREEMENT.publicKey(), usage, TestPki.BEGIN, TestPki.END));
    }

    private static Ocsp.Status status(BigInteger serial) {
        boolean known = serial.equals(DEVICE.serial());
        return known ? new Ocsp.Status.Revoked(TestPki.BEGIN) : new Ocsp.Status.Unknown();
    }

    static Stream<byte[]> seeds() {
        byte[] request = Ocsp.request(List.of(DEVICE), ISSUER, NONCE);
        byte[] list = Ocsp.request(List.of(DEVICE, ISSUER), ISSUER, NONCE);
        return Stream.of(
                request,
                list,
                HONEST.respond(list, OcspFuzzTest::status, TestPki.NOW),
                HONEST.respond(request, OcspFuzzTest::status, TestPki.NOW),
                HASTY.respond(request, OcspFuzzTest::status, TestPki.NOW),
                HONEST.respond(new byte[1], OcspFuzzTest::status, TestPki.NOW));
    }

    @MethodSource("seeds")
    @FuzzTest
    void respondAndCheck(byte[] input) throws IOException {
        int status = status(HASTY.respond(input, OcspFuzzTest::status, TestPki.NOW));
        assertThat(status).isIn(OCSPResp.SUCCESSFUL, OCSPResp.MALFORMED_REQUEST);
        try {
            Ocsp.read(input, ISSUER, NONCE, TestPki.NOW).check(DEVICE);
            throw new AssertionError("nobody said that it is good");
        } catch (CertificateRefused refused) {
            assertThat(refused.reason()).isIn(Reason.REVOKED, Reason.STATUS_NOT_TOLD);
        }
    }

    private static int status(byte[] response) throws IOException {
        return new OCSPResp(response).getStatus();
    }
}
