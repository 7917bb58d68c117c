// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.crypto;

import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.m2me.protocol.identity.Opaque;

/** A point on P-256 that was checked to be on the curve and not at infinity. */
public final class P256PublicKey {
    private P256PublicKey() {}

    /** @throws IllegalArgumentException unless this is a compressed (33 bytes) or uncompressed (65) point of the curve */
    public static P256PublicKey ofPoint(byte[] sec1) {
        throw new UnsupportedOperationException();
    }

    /** @throws IllegalArgumentException unless this is a DER SubjectPublicKeyInfo of a P-256 key */
    public static P256PublicKey ofSpki(byte[] der) {
        throw new UnsupportedOperationException();
    }

    /** 33 bytes, SEC 1. */
    public byte[] compressed() {
        throw new UnsupportedOperationException();
    }

    /** 65 bytes, SEC 1. */
    public byte[] uncompressed() {
        throw new UnsupportedOperationException();
    }

    /** DER SubjectPublicKeyInfo. */
    public byte[] spki() {
        throw new UnsupportedOperationException();
    }

    /** SHA-256 of the SubjectPublicKeyInfo. */
    public Opaque thumbprint() {
        throw new UnsupportedOperationException();
    }

    /** Whether r and s, 32 bytes each, sign this digest. False for anything malformed. */
    public boolean verifyDigest(byte[] sha256, byte[] signature) {
        throw new UnsupportedOperationException();
    }

    /** For Bouncy Castle's own builders. */
    public ECPublicKeyParameters parameters() {
        throw new UnsupportedOperationException();
    }
}
