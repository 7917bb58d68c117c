// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.crypto;

/** Makes ECDSA signatures on P-256 without showing its key: a private key in memory, or a Trusted Environment. */
public interface Signer {
    /** The key that verifies. */
    P256PublicKey publicKey();

    /**
     * Signs.
     *
     * @param sha256 the 32-byte digest
     * @return r and s, 32 bytes each, big-endian
     */
    byte[] signDigest(byte[] sha256);
}
