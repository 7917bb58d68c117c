// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.cose;

import org.m2me.protocol.crypto.ForgedException;
import org.m2me.protocol.crypto.P256PublicKey;
import org.m2me.protocol.crypto.Signer;
import org.m2me.protocol.identity.Opaque;

/**
 * COSE_Sign1 (RFC 9052 4.2), tag 18, ESP256 (-9; ES256, -7, is accepted), with the first 8 bytes of the signer's key
 * thumbprint as {@code kid} in the protected header.
 */
public final class CoseSign1 {
    private CoseSign1() {}

    /** Signs a payload; {@code purpose} is the external associated data, so that a signature serves for one purpose only. */
    public static byte[] sign(byte[] payload, String purpose, Signer signer) {
        throw new UnsupportedOperationException();
    }

    /** @throws ForgedException if these bytes are no COSE_Sign1 of this profile */
    public static CoseSign1 parse(byte[] bytes) throws ForgedException {
        throw new UnsupportedOperationException();
    }

    /** The first 8 bytes of the thumbprint of the key that is said to have signed: to look it up, not to trust it. */
    public Opaque kid() {
        throw new UnsupportedOperationException();
    }

    /** The payload, if the signature verifies with this key and purpose. @throws ForgedException if not */
    public byte[] verify(P256PublicKey key, String purpose) throws ForgedException {
        throw new UnsupportedOperationException();
    }

    /** The payload before anything was verified: to look up who signed, not to act on. */
    public byte[] unverifiedPayload() {
        throw new UnsupportedOperationException();
    }
}
