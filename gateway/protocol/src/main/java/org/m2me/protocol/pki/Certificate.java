// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.pki;

import java.math.BigInteger;
import java.time.Instant;
import org.m2me.protocol.crypto.P256PublicKey;

/** An X.509 version 3 certificate of a P-256 key (RFC 5280). */
public final class Certificate {
    private Certificate() {}

    /** @throws IllegalArgumentException naming what is wrong: not DER, not P-256, unknown critical extension */
    public static Certificate parse(byte[] der) {
        throw new UnsupportedOperationException();
    }

    public byte[] der() {
        throw new UnsupportedOperationException();
    }

    public P256PublicKey publicKey() {
        throw new UnsupportedOperationException();
    }

    /** The subject's common name: a UEID in hexadecimal for a device, {@code sho.262-42} for a role. */
    public String commonName() {
        throw new UnsupportedOperationException();
    }

    public BigInteger serial() {
        throw new UnsupportedOperationException();
    }

    public Instant notBefore() {
        throw new UnsupportedOperationException();
    }

    public Instant notAfter() {
        throw new UnsupportedOperationException();
    }

    public boolean isAuthority() {
        throw new UnsupportedOperationException();
    }
}
