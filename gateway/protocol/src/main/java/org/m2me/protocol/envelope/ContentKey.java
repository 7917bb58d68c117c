// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.envelope;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.cms.ecc.ECCCMSSharedInfo;
import org.bouncycastle.util.Pack;
import org.m2me.protocol.crypto.ForgedException;
import org.m2me.protocol.crypto.Hashes;
import org.m2me.protocol.crypto.SecretBytes;

/**
 * The AES-128 key of one envelope: how it is wrapped under an agreed secret, and how it seals. The ciphers are the
 * JDK's, which run on the processor's AES instructions. They keep copies of this key until the garbage collector comes;
 * it serves for this envelope only.
 */
final class ContentKey {
    private static final int LENGTH = 16;
    private static final int WRAPPED_LENGTH = 24;
    private static final int NONCE_LENGTH = 12;
    private static final byte[] FIRST_BLOCK = {0, 0, 0, 1};

    /** ECC-CMS-SharedInfo (RFC 5753 7.2): the wrap algorithm and its key's length in bits; no user keying material. */
    private static final byte[] SHARED_INFO = sharedInfo();

    private final Key key;

    private ContentKey(Key key) {
        this.key = key;
    }

    static ContentKey random(SecureRandom random) {
        try (SecretBytes fresh = SecretBytes.random(LENGTH, random)) {
            return new ContentKey(fresh.use(raw -> new SecretKeySpec(raw, "AES")));
        }
    }

    /** @throws ForgedException if it was not wrapped under this secret */
    static ContentKey unwrap(byte[] wrapped, SecretBytes agreed) throws ForgedException {
        if (wrapped.length != WRAPPED_LENGTH) {
            throw new ForgedException("envelope: a wrapped key of " + wrapped.length + " bytes");
        }
        try {
            Cipher cipher = Cipher.getInstance("AESWrap");
            cipher.init(Cipher.UNWRAP_MODE, wrappingKey(agreed));
            return new ContentKey(cipher.unwrap(wrapped, "AES", Cipher.SECRET_KEY));
        } catch (InvalidKeyException forged) {
            throw new ForgedException("envelope: the key was not wrapped for this device");
        } catch (GeneralSecurityException absent) {
            throw new IllegalStateException("every Java platform has AES key wrap", absent);
        }
    }

    byte[] wrap(SecretBytes agreed) {
        try {
            Cipher cipher = Cipher.getInstance("AESWrap");
            cipher.init(Cipher.WRAP_MODE, wrappingKey(agreed));
            return cipher.wrap(key);
        } catch (GeneralSecurityException absent) {
            throw new IllegalStateException("every Java platform has AES key wrap", absent);
        }
    }

    /** Ciphertext and tag, one after the other. */
    byte[] seal(SecretBytes plaintext, byte[] nonce) {
        return plaintext.use(raw -> {
            try {
                return cipher(Cipher.ENCRYPT_MODE, nonce).doFinal(raw);
            } catch (GeneralSecurityException absent) {
                throw new IllegalStateException("every Java platform has AES-GCM", absent);
            }
        });
    }

    /** @throws ForgedException if the tag does not verify */
    SecretBytes open(byte[] ciphertextAndTag, byte[] nonce) throws ForgedException {
        if (nonce.length != NONCE_LENGTH) {
            throw new ForgedException("envelope: a nonce of " + nonce.length + " bytes");
        }
        try {
            return SecretBytes.takeFrom(cipher(Cipher.DECRYPT_MODE, nonce).doFinal(ciphertextAndTag));
        } catch (AEADBadTagException forged) {
            throw new ForgedException("envelope: the tag does not verify");
        } catch (GeneralSecurityException absent) {
            throw new IllegalStateException("every Java platform has AES-GCM", absent);
        }
    }

    static byte[] nonce(SecureRandom random) {
        byte[] nonce = new byte[NONCE_LENGTH];
        random.nextBytes(nonce);
        return nonce;
    }

    private Cipher cipher(int mode, byte[] nonce) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(CmsSealed.TAG_LENGTH * Byte.SIZE, nonce));
        return cipher;
    }

    /** One block of the X9.63 KDF gives 32 bytes, of which 16 are wanted. */
    private static Key wrappingKey(SecretBytes agreed) {
        byte[] block = agreed.use(secret -> Hashes.sha256(secret, FIRST_BLOCK, SHARED_INFO));
        try {
            return new SecretKeySpec(block, 0, LENGTH, "AES");
        } finally {
            Arrays.fill(block, (byte) 0);
        }
    }

    private static byte[] sharedInfo() {
        try {
            return new ECCCMSSharedInfo(CmsSealed.KEY_WRAP, Pack.intToBigEndian(LENGTH * Byte.SIZE))
                    .getEncoded(ASN1Encoding.DER);
        } catch (IOException impossible) {
            throw new IllegalStateException("what was built here can be encoded", impossible);
        }
    }
}
