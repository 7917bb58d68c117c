// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.message;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.m2me.protocol.crypto.Aead;
import org.m2me.protocol.crypto.Hashes;
import org.m2me.protocol.crypto.P256PublicKey;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.identity.Ueid;

/** What is derived (HKDF-SHA-256) from the 16 bytes that come with a device to its owner, and that the device has too. */
public final class OwnerSecret {
    /** Bytes of the secret, and of each thing derived from it: not to be guessed. */
    public static final int LENGTH = 16;

    /** Bytes of {@link #proofOf}. */
    public static final int PROOF_LENGTH = 32;

    private OwnerSecret() {}

    /**
     * With this one operator may provision the device. It does not give orders by it, and no other operator's token or
     * name can be told from it.
     */
    public static Opaque operatorToken(SecretBytes secret, Plmn operator) {
        return derived(secret, "m2me operator's token", operator.bytes());
    }

    /** By showing this the owner has an IVF answer operators about the device. It can do nothing else with it. */
    public static Opaque inquiryToken(SecretBytes secret) {
        return derived(secret, "m2me inquiry token");
    }

    /** SHA-256 of an {@link #inquiryToken}: who has it knows the token when it is shown, and cannot show it. */
    public static Opaque proofOf(Opaque inquiryToken) {
        return Opaque.of(Hashes.sha256(inquiryToken.bytes()));
    }

    /** Proves that a key is that of the device's owner. */
    static byte[] keyProof(SecretBytes secret, Ueid device, P256PublicKey key) {
        return derived(secret, "m2me owner's key", device.value().bytes(), key.compressed())
                .bytes();
    }

    /** In a time that does not depend on where it differs. */
    static boolean isKeyProof(byte[] proof, SecretBytes secret, Ueid device, P256PublicKey key) {
        return MessageDigest.isEqual(proof, keyProof(secret, device, key));
    }

    private static Opaque derived(SecretBytes secret, String purpose, byte[]... parts) {
        byte[] info = purpose.getBytes(StandardCharsets.US_ASCII);
        for (byte[] part : parts) {
            byte[] longer = new byte[info.length + part.length];
            System.arraycopy(info, 0, longer, 0, info.length);
            System.arraycopy(part, 0, longer, info.length, part.length);
            info = longer;
        }
        try (SecretBytes key = Aead.derive(secret, info, LENGTH)) {
            return key.use(Opaque::of);
        }
    }
}
