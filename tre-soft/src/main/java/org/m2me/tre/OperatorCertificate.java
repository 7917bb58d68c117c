// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.tre;

import java.time.Instant;
import java.util.List;
import org.m2me.hal.TrustException;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.pki.Certificate;
import org.m2me.protocol.pki.CertificatePath;
import org.m2me.protocol.pki.CertificateRefused;

/** Who may bind a registration: an operator whose certificate comes from an anchor and carries its name. */
final class OperatorCertificate {
    private static final String ROLE = "sho.";

    private OperatorCertificate() {}

    /** @throws TrustException unless the certificate is this operator's */
    static Registrations.Binding check(String operator, byte[] der, List<Opaque> anchors) throws TrustException {
        if (der.length > Credentials.CERTIFICATE_MAX) {
            throw Refusal.of(
                    ResultCode.TOO_LARGE,
                    "certificate: " + der.length + " bytes, at most " + Credentials.CERTIFICATE_MAX);
        }
        Plmn plmn;
        Certificate certificate;
        try {
            plmn = Plmn.parse(operator);
            certificate = Certificate.parse(der);
        } catch (IllegalArgumentException malformed) {
            throw Refusal.of(ResultCode.MALFORMED, "operator or certificate: " + malformed.getMessage());
        }
        if (!certificate.commonName().equals(ROLE + plmn)) {
            throw Refusal.of(
                    ResultCode.MCIM_WRONG_OPERATOR,
                    "certificate of " + certificate.commonName() + ", wants " + ROLE + plmn);
        }
        if (anchors.stream().noneMatch(anchor -> issued(Certificate.parse(anchor.bytes()), certificate))) {
            throw Refusal.of(ResultCode.CREDENTIAL_INVALID, "certificate of " + plmn + " comes from no anchor");
        }
        return new Registrations.Binding(plmn, Opaque.of(der));
    }

    // There is no clock here that can be trusted, so no date refuses a certificate: the moment that is asked about is
    // one
    // at which both were valid, if there is any.
    private static boolean issued(Certificate anchor, Certificate certificate) {
        Instant moment =
                certificate.notBefore().isAfter(anchor.notBefore()) ? certificate.notBefore() : anchor.notBefore();
        try {
            return CertificatePath.verify(certificate, List.of(anchor), moment) != null;
        } catch (CertificateRefused refused) {
            return false;
        }
    }
}
