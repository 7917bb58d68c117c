// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.message;

import java.util.Set;
import org.m2me.protocol.cbor.CborException;
import org.m2me.protocol.cbor.CborMap;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.pki.Certificate;

/**
 * Step 6, DRF to device: your operator is this one. The Trusted Environment takes a MCIM from nobody else.
 *
 * @param operator the Selected Home Operator
 * @param certificate with which the operator signs MCIMs, common name {@code sho.MCC-MNC}
 */
public record RegisterAnswer(Plmn operator, Certificate certificate) {
    /**
     * Bytes of a certificate that a device takes, on the air and in its store: one of this project's has 400, one of an
     * operator's own authority up to 600; a device keeps six.
     */
    public static final int CERTIFICATE_SIZE_MAX = 900;

    private static final long OPERATOR = 1;
    private static final long CERTIFICATE = 2;

    /** @throws IllegalArgumentException if no device would take the certificate */
    public RegisterAnswer {
        int length = certificate.der().length;
        if (length > CERTIFICATE_SIZE_MAX) {
            throw new IllegalArgumentException("certificate: " + length + " bytes, at most " + CERTIFICATE_SIZE_MAX);
        }
    }

    public byte[] encode() {
        return CborMap.builder()
                .put(OPERATOR, operator.bytes())
                .put(CERTIFICATE, certificate.der())
                .build()
                .encode();
    }

    /** @throws CborException naming the field */
    public static RegisterAnswer decode(byte[] cbor) throws CborException {
        Fields fields = Fields.decode(cbor, Set.of(OPERATOR, CERTIFICATE));
        Plmn operator = fields.plmn(OPERATOR);
        byte[] der = fields.map().bytes(CERTIFICATE, 1, CERTIFICATE_SIZE_MAX);
        return new RegisterAnswer(operator, Fields.constructed(CERTIFICATE, () -> Certificate.parse(der)));
    }
}
