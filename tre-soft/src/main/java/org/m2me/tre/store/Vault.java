// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.tre.store;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import org.m2me.protocol.crypto.Aead;
import org.m2me.protocol.crypto.ForgedException;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.identity.Opaque;

/**
 * The device's root secret, and what is sealed under it. Each purpose has a key of its own, HKDF(root, purpose), and is
 * the associated data as well: bytes sealed for one purpose open for no other.
 */
public final class Vault implements AutoCloseable {
    /** 256 bits, as much as AES-256 takes. */
    public static final int ROOT_LENGTH = 32;

    private static final int KEY_LENGTH = 32;

    private final SecretBytes root;
    private final SecureRandom random;

    /** @param root owned, and closed, by the vault */
    public Vault(SecretBytes root, SecureRandom random) {
        if (root.length() != ROOT_LENGTH) {
            throw new IllegalArgumentException("root secret: " + root.length() + " bytes, wants " + ROOT_LENGTH);
        }
        this.root = root;
        this.random = random;
    }

    /**
     * A purpose that no other name and parts can spell.
     *
     * @param parts at most 255 bytes each
     */
    public static byte[] purpose(String name, byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(name.getBytes(StandardCharsets.US_ASCII));
        for (byte[] part : parts) {
            if (part.length > 255) {
                throw new IllegalArgumentException("purpose: a part of " + part.length + " bytes, at most 255 fit");
            }
            out.write(0);
            out.write(part.length);
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    /** Seals bytes; the caller wipes its own. */
    public Opaque seal(byte[] purpose, byte[] plaintext) {
        try (SecretBytes key = Aead.derive(root, purpose, KEY_LENGTH)) {
            return Opaque.of(Aead.seal(key, plaintext, purpose, random));
        }
    }

    /** Seals a secret. */
    public Opaque seal(byte[] purpose, SecretBytes secret) {
        return secret.use(raw -> seal(purpose, raw));
    }

    /** @throws ForgedException if this vault did not seal these bytes for this purpose */
    public SecretBytes open(byte[] purpose, Opaque sealed) throws ForgedException {
        try (SecretBytes key = Aead.derive(root, purpose, KEY_LENGTH)) {
            return Aead.open(key, sealed.bytes(), purpose);
        }
    }

    /** For what lives as long as one slot or one call. */
    public SecureRandom random() {
        return random;
    }

    @Override
    public void close() {
        root.close();
    }
}
