// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.aka;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;

/**
 * Single blocks of AES-128 under one key, which is overwritten on close. The JDK's cipher, because it runs on the
 * processor's AES instructions: a table in memory would show K to whoever can time the cache.
 */
final class AesBlock implements AutoCloseable {
    static final int SIZE = 16;

    private final Cipher cipher;

    @SuppressWarnings("InsecureCryptoUsage") // one block at a time is what TS 35.206 is made of
    AesBlock(byte[] key) {
        try {
            cipher = Cipher.getInstance("AES/ECB/NoPadding");
            cipher.init(Cipher.ENCRYPT_MODE, new BorrowedKey(key));
        } catch (GeneralSecurityException absent) {
            throw new IllegalStateException("every Java platform has AES", absent);
        }
    }

    byte[] encrypt(byte[] block) {
        try {
            return cipher.doFinal(block);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("AES of " + block.length + " bytes", impossible);
        }
    }

    /** Expands a key of zeros in place of ours. */
    @Override
    public void close() {
        try {
            cipher.init(Cipher.ENCRYPT_MODE, new BorrowedKey(new byte[SIZE]));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("AES with a key of zeros", impossible);
        }
    }

    /** A key that keeps no copy of its own, as SecretKeySpec would; the cipher wipes the one it asks for. */
    private static final class BorrowedKey implements SecretKey {
        private static final long serialVersionUID = 1L;

        private final transient byte[] key;

        BorrowedKey(byte[] key) {
            this.key = key;
        }

        @Override
        public String getAlgorithm() {
            return "AES";
        }

        @Override
        public String getFormat() {
            return "RAW";
        }

        @Override
        public byte[] getEncoded() {
            return Arrays.copyOf(key, key.length);
        }
    }
}
