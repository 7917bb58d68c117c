// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.crypto;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.function.Function;

/**
 * Secret bytes, outside of the Java heap, wiped on close. The only home of K, OPc, private keys, CK, IK and RES: no
 * other type holds them for longer than a call, and no {@code toString} shows them.
 *
 * <pre>{@code
 * try (SecretBytes k = SecretBytes.takeFrom(bytes)) {
 *     return k.use(raw -> compute(raw));
 * }
 * }</pre>
 */
public final class SecretBytes implements AutoCloseable {
    private final ByteBuffer content;
    private boolean closed;

    private SecretBytes(byte[] source) {
        content = ByteBuffer.allocateDirect(source.length);
        content.put(0, source);
    }

    /** A copy; the caller still owns, and wipes, its own. */
    public static SecretBytes copyOf(byte[] source) {
        return new SecretBytes(source);
    }

    /** A copy; the source is wiped. */
    public static SecretBytes takeFrom(byte[] source) {
        try {
            return new SecretBytes(source);
        } finally {
            Arrays.fill(source, (byte) 0);
        }
    }

    /** That many fresh random bytes. */
    public static SecretBytes random(int length, SecureRandom random) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return takeFrom(bytes);
    }

    /** How many bytes. */
    public int length() {
        return content.capacity();
    }

    /** Runs a function over a copy on the heap, which is wiped as soon as the function returns. */
    public synchronized <T> T use(Function<byte[], T> function) {
        if (closed) {
            throw new IllegalStateException("secret was wiped already");
        }
        byte[] copy = new byte[content.capacity()];
        try {
            content.get(0, copy);
            return function.apply(copy);
        } finally {
            Arrays.fill(copy, (byte) 0);
        }
    }

    /** Another home for the same bytes, to be closed by its own owner. */
    public SecretBytes copy() {
        return use(SecretBytes::new);
    }

    /** Whether both hold the same bytes, in a time that does not depend on where they differ. */
    public boolean sameAs(byte[] other) {
        return use(mine -> MessageDigest.isEqual(mine, other));
    }

    @Override
    public synchronized void close() {
        closed = true;
        for (int i = 0; i < content.capacity(); i++) {
            content.put(i, (byte) 0);
        }
    }

    @Override
    public String toString() {
        return "SecretBytes[" + content.capacity() + "]";
    }
}
