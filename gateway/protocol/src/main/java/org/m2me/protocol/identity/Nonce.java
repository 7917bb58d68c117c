// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.identity;

import java.security.SecureRandom;

/**
 * A number that serves once.
 *
 * @param value 16 random bytes
 */
public record Nonce(Opaque value) {
    /** 128 bits: no two are ever equal by chance. */
    public static final int LENGTH = 16;

    public Nonce {
        if (value.length() != LENGTH) {
            throw new IllegalArgumentException("nonce: " + value.length() + " bytes, wants " + LENGTH);
        }
    }

    /** A fresh one. */
    public static Nonce random(SecureRandom random) {
        byte[] bytes = new byte[LENGTH];
        random.nextBytes(bytes);
        return new Nonce(Opaque.of(bytes));
    }

    /** A copy of the 16 bytes. */
    public byte[] bytes() {
        return value.bytes();
    }

    @Override
    public String toString() {
        return value.hex();
    }
}
