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

/** Who may speak for an operator or a supplier: whose certificate comes from an anchor and carries its name. */
final class RoleCertificate {
    private static final String OPERATOR = "sho.";
    private static final String SUPPLIER = "supplier.";

    private RoleCertificate() {}

    /** @throws TrustException unless the certificate is this operator's */
    static Registrations.Binding ofOperator(String operator, byte[] der, List<Opaque> anchors) throws TrustException {
        Certificate certificate = parse(der);
        Plmn plmn;
        try {
            plmn = Plmn.parse(operator);
        } catch (IllegalArgumentException malformed) {
            throw Refusal.of(ResultCode.MALFORMED, "operator: " + malformed.getMessage());
        }
        if (!certificate.commonName().equals(OPERATOR + plmn)) {
            throw Refusal.of(
                    ResultCode.MCIM_WRONG_OPERATOR,
                    "certificate of " + certificate.commonName() + ", wants " + OPERATOR + plmn);
        }
        checkIssued(certificate, anchors);
        return new Registrations.Binding(plmn, Opaque.of(der));
    }

    /** @throws TrustException unless the certificate is some supplier's */
    static Certificate ofSupplier(byte[] der, List<Opaque> anchors) throws TrustException {
        Certificate certificate = parse(der);
        if (!certificate.commonName().startsWith(SUPPLIER)) {
            throw Refusal.of(
                    ResultCode.CREDENTIAL_INVALID,
                    "certificate of " + certificate.commonName() + ", wants a supplier's");
        }
        checkIssued(certificate, anchors);
        return certificate;
    }

    private static Certificate parse(byte[] der) throws TrustException {
        if (der.length > Credentials.CERTIFICATE_MAX) {
            throw Refusal.of(
                    ResultCode.TOO_LARGE,
                    "certificate: " + der.length + " bytes, at most " + Credentials.CERTIFICATE_MAX);
        }
        try {
            return Certificate.parse(der);
        } catch (IllegalArgumentException malformed) {
            throw Refusal.of(ResultCode.MALFORMED, "certificate: " + malformed.getMessage());
        }
    }

    private static void checkIssued(Certificate certificate, List<Opaque> anchors) throws TrustException {
        if (anchors.stream().noneMatch(anchor -> issued(Certificate.parse(anchor.bytes()), certificate))) {
            throw Refusal.of(
                    ResultCode.CREDENTIAL_INVALID,
                    "certificate of " + certificate.commonName() + " comes from no anchor");
        }
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
