// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.crypto;

import java.security.SecureRandom;

/** A P-256 private key in a {@link SecretBytes}; signatures are deterministic (RFC 6979). */
public final class P256PrivateKey implements Signer, KeyAgreement, AutoCloseable {
    private P256PrivateKey() {}

    /** A fresh key. */
    public static P256PrivateKey generate(SecureRandom random) {
        throw new UnsupportedOperationException();
    }

    /** @param scalar 32 bytes, big-endian; the caller keeps and closes it */
    public static P256PrivateKey ofScalar(SecretBytes scalar) {
        throw new UnsupportedOperationException();
    }

    /** @throws IllegalArgumentException unless this is an unencrypted PKCS#8 P-256 key */
    public static P256PrivateKey ofPkcs8(SecretBytes der) {
        throw new UnsupportedOperationException();
    }

    /** The 32-byte scalar, to be sealed. */
    public SecretBytes scalar() {
        throw new UnsupportedOperationException();
    }

    /** Unencrypted PKCS#8, for a key file of mode 0600 or a TLS key store. */
    public SecretBytes pkcs8() {
        throw new UnsupportedOperationException();
    }

    @Override
    public P256PublicKey publicKey() {
        throw new UnsupportedOperationException();
    }

    @Override
    public byte[] signDigest(byte[] sha256) {
        throw new UnsupportedOperationException();
    }

    @Override
    public SecretBytes agree(P256PublicKey peer) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
