// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.store;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import org.m2me.protocol.aka.AkaKey;
import org.m2me.protocol.crypto.Aead;
import org.m2me.protocol.crypto.ForgedException;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Ueid;

/**
 * Seals what a role keeps secret in its database, under a key that is derived from the role's own: a copy of the file
 * alone tells nothing, and a sealed value moved to another row does not open. One for each role, see {@code RoleContext}.
 */
public final class Vault implements AutoCloseable {
    private static final int KEY_LENGTH = 32;

    private final SecretBytes key;
    private final SecureRandom random;

    /** @param purpose tells this vault's key from others derived from the same role key */
    public Vault(P256PrivateKey role, String purpose, SecureRandom random) {
        try (SecretBytes scalar = role.scalar()) {
            this.key = Aead.derive(scalar, ("m2me vault " + purpose).getBytes(StandardCharsets.UTF_8), KEY_LENGTH);
        }
        this.random = random;
    }

    /** @param place where it is kept, for instance the row's key; needed again to open it */
    public byte[] seal(SecretBytes secret, String place) {
        return secret.use(plain -> Aead.seal(key, plain, place.getBytes(StandardCharsets.UTF_8), random));
    }

    /** @throws StorageFailed if this was not sealed here and for this place */
    public SecretBytes open(byte[] sealed, String place) {
        try {
            return openCarried(sealed, place);
        } catch (ForgedException damaged) {
            throw new StorageFailed(
                    "sealed value of " + place + " does not open: damaged, or the role's key changed", damaged);
        }
    }

    /**
     * As {@link #open}, for what others carried unread in the meantime.
     *
     * @throws ForgedException if this was not sealed here and for this place
     */
    public SecretBytes openCarried(byte[] sealed, String place) throws ForgedException {
        return Aead.open(key, sealed, place.getBytes(StandardCharsets.UTF_8));
    }

    /** The token from a device's box: who has it may provision that device. */
    public byte[] sealToken(Opaque token, Ueid device) {
        try (SecretBytes secret = SecretBytes.takeFrom(token.bytes())) {
            return seal(secret, place(device));
        }
    }

    /** What {@link #sealToken} sealed. */
    public Opaque openToken(byte[] sealed, Ueid device) {
        try (SecretBytes token = open(sealed, place(device))) {
            return token.use(Opaque::of);
        }
    }

    private static String place(Ueid device) {
        return "owner token " + device;
    }

    /** A subscription's key, all of it as one. */
    public byte[] sealKey(AkaKey subscription, String place) {
        try (SecretBytes joined = subscription.join()) {
            return seal(joined, place);
        }
    }

    /** What {@link #sealKey} sealed; the caller closes it. */
    public AkaKey openKey(byte[] sealed, String place) {
        try (SecretBytes joined = open(sealed, place)) {
            return joined.use(AkaKey::split);
        }
    }

    @Override
    public void close() {
        key.close();
    }
}
