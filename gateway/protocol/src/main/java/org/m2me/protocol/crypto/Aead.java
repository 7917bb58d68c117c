// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.crypto;

import java.security.SecureRandom;

/** AES-256-GCM with a random 96-bit nonce in front, and HKDF-SHA-256 (RFC 5869) to make its keys. */
public final class Aead {
    /** Bytes that sealing adds: nonce 12, tag 16. */
    public static final int OVERHEAD = 28;

    private Aead() {}

    /** HKDF: a key of {@code length} bytes for one purpose. */
    public static SecretBytes derive(SecretBytes root, byte[] info, int length) {
        throw new UnsupportedOperationException();
    }

    /** Nonce, ciphertext and tag. */
    public static byte[] seal(SecretBytes key256, byte[] plaintext, byte[] associated, SecureRandom random) {
        throw new UnsupportedOperationException();
    }

    /** @throws ForgedException if key, associated data or bytes are not those that were sealed */
    public static SecretBytes open(SecretBytes key256, byte[] sealed, byte[] associated) throws ForgedException {
        throw new UnsupportedOperationException();
    }
}
