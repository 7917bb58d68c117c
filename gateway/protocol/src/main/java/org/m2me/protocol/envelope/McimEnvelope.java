// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.envelope;

import org.m2me.protocol.crypto.ForgedException;
import org.m2me.protocol.crypto.KeyAgreement;
import org.m2me.protocol.crypto.P256PublicKey;
import org.m2me.protocol.crypto.Signer;

/** How a MCIM travels: encrypted to one Trusted Environment, then signed by its operator. */
public interface McimEnvelope {
    /** One block-wise transfer of the device's limits; larger is refused, not cut. */
    int SIZE_MAX = 4096;

    /** Seals a MCIM to a device's agreement key and signs it. */
    byte[] seal(Mcim mcim, P256PublicKey device, Signer operator);

    /**
     * Checks the operator's signature, before any private key of the device is touched.
     *
     * @throws ForgedException if it fails; {@link EnvelopeRefused} if another operator is named as signer
     */
    void verify(byte[] envelope, P256PublicKey operator) throws ForgedException;

    /**
     * Verifies, then opens. The caller still compares device, operator and registration with its own: somebody else who
     * is trusted to sign could have put his signature around another operator's MCIM.
     *
     * @throws ForgedException if signature, recipient, decryption or content fails; {@link EnvelopeRefused} if it is not
     *     damaged, and not for this device
     */
    Mcim open(byte[] envelope, P256PublicKey operator, KeyAgreement device) throws ForgedException;
}
