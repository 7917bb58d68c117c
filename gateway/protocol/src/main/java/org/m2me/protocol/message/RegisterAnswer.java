// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.message;

import org.m2me.protocol.cbor.CborException;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.pki.Certificate;

/**
 * Step 6, DRF to device: your operator is this one. The Trusted Environment takes a MCIM from nobody else.
 *
 * @param operator the Selected Home Operator
 * @param certificate with which the operator signs MCIMs, common name {@code sho.MCC-MNC}
 */
public record RegisterAnswer(Plmn operator, Certificate certificate) {
    public byte[] encode() {
        throw new UnsupportedOperationException();
    }

    /** @throws CborException naming the field */
    public static RegisterAnswer decode(byte[] cbor) throws CborException {
        throw new UnsupportedOperationException();
    }
}
