// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.crypto;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.generators.HKDFBytesGenerator;
import org.bouncycastle.crypto.params.HKDFParameters;

/**
 * AES-256-GCM with a random 96-bit nonce in front, and HKDF-SHA-256 (RFC 5869) to make its keys. The cipher is the
 * JDK's: it uses the processor's AES instructions, which leave no trace in the cache.
 */
public final class Aead {
    /** Bytes that sealing adds: nonce 12, tag 16. */
    public static final int OVERHEAD = 28;

    private static final int KEY_LENGTH = 32;
    private static final int NONCE_LENGTH = 12;
    private static final int TAG_BITS = 128;

    /** The root is random already; RFC 5869 2.2 says what stands for an absent salt. */
    private static final byte[] NO_SALT = new byte[32];

    private Aead() {}

    /** HKDF: a key of {@code length} bytes for one purpose. */
    public static SecretBytes derive(SecretBytes root, byte[] info, int length) {
        byte[] key = new byte[length];
        root.use(raw -> {
            HKDFBytesGenerator hkdf = new HKDFBytesGenerator(new SHA256Digest());
            hkdf.init(new HKDFParameters(raw, NO_SALT, info));
            return hkdf.generateBytes(key, 0, length);
        });
        return SecretBytes.takeFrom(key);
    }

    /** Nonce, ciphertext and tag. */
    public static byte[] seal(SecretBytes key256, byte[] plaintext, byte[] associated, SecureRandom random) {
        byte[] nonce = new byte[NONCE_LENGTH];
        random.nextBytes(nonce);
        try {
            byte[] sealed = Arrays.copyOf(nonce, plaintext.length + OVERHEAD);
            int written = cipher(Cipher.ENCRYPT_MODE, key256, nonce, associated)
                    .doFinal(plaintext, 0, plaintext.length, sealed, NONCE_LENGTH);
            if (written != sealed.length - NONCE_LENGTH) {
                throw new IllegalStateException("AES-GCM wrote " + written + " bytes");
            }
            return sealed;
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every Java platform has AES-256-GCM", impossible);
        }
    }

    /** @throws ForgedException if key, associated data or bytes are not those that were sealed */
    public static SecretBytes open(SecretBytes key256, byte[] sealed, byte[] associated) throws ForgedException {
        if (sealed.length < OVERHEAD) {
            throw new ForgedException("sealed bytes: " + sealed.length + ", at least " + OVERHEAD + " wanted");
        }
        try {
            byte[] nonce = Arrays.copyOf(sealed, NONCE_LENGTH);
            return SecretBytes.takeFrom(cipher(Cipher.DECRYPT_MODE, key256, nonce, associated)
                    .doFinal(sealed, NONCE_LENGTH, sealed.length - NONCE_LENGTH));
        } catch (AEADBadTagException forged) {
            throw new ForgedException("sealed bytes: the tag does not verify");
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every Java platform has AES-256-GCM", impossible);
        }
    }

    private static Cipher cipher(int mode, SecretBytes key256, byte[] nonce, byte[] associated)
            throws GeneralSecurityException {
        if (key256.length() != KEY_LENGTH) {
            throw new IllegalArgumentException("AES-256 key: " + key256.length() + " bytes");
        }
        SecretKeySpec key = key256.use(raw -> new SecretKeySpec(raw, "AES"));
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(associated);
        return cipher;
    }
}
