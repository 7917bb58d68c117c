// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.tre;

import java.nio.charset.StandardCharsets;
import org.m2me.protocol.aka.AkaKey;
import org.m2me.protocol.cbor.CborException;
import org.m2me.protocol.cbor.CborMap;
import org.m2me.protocol.crypto.Aead;
import org.m2me.protocol.crypto.ForgedException;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Plmn;
import org.m2me.tre.store.Vault;

/**
 * The algorithm, K, OPc and constants of one subscription, under a random key of their own, which in turn is sealed for one slot and one operator:
 * nothing of one operator's opens in another's name, and dropping {@code slotKey} erases what it sealed.
 *
 * @param slotKey 32 random bytes, sealed under HKDF(root, "mcim", slot, operator)
 * @param sealed all of it, sealed under those 32 bytes
 */
record SealedAkaKey(Opaque slotKey, Opaque sealed) {
    private static final int KEY_SLOT_KEY = 2;
    private static final int KEY_SEALED = 3;
    private static final int SLOT_KEY_LENGTH = 32;
    private static final int SLOT_KEY_SEALED = SLOT_KEY_LENGTH + Aead.OVERHEAD;
    private static final int SECRETS_MAX = AkaKey.JOINED_MAX + Aead.OVERHEAD;

    static SealedAkaKey seal(AkaKey key, int slot, Plmn operator, Vault vault) {
        byte[] purpose = purpose(slot, operator);
        try (SecretBytes slotKey = SecretBytes.random(SLOT_KEY_LENGTH, vault.random());
                SecretBytes secrets = key.join()) {
            byte[] sealed = secrets.use(raw -> Aead.seal(slotKey, raw, purpose, vault.random()));
            return new SealedAkaKey(vault.seal(purpose, slotKey), Opaque.of(sealed));
        }
    }

    /**
     * The key, for one use; close it after that.
     *
     * @throws ForgedException if it is not this slot's and operator's
     */
    AkaKey open(int slot, Plmn operator, Vault vault) throws ForgedException {
        byte[] purpose = purpose(slot, operator);
        try (SecretBytes key = vault.open(purpose, slotKey);
                SecretBytes secrets = Aead.open(key, sealed.bytes(), purpose)) {
            return secrets.use(AkaKey::split);
        }
    }

    private static byte[] purpose(int slot, Plmn operator) {
        return Vault.purpose(
                "mcim", new byte[] {(byte) slot}, operator.toString().getBytes(StandardCharsets.US_ASCII));
    }

    CborMap toCbor() {
        return CborMap.builder()
                .put(KEY_SLOT_KEY, slotKey.bytes())
                .put(KEY_SEALED, sealed.bytes())
                .build();
    }

    static SealedAkaKey fromCbor(CborMap map) throws CborException {
        return new SealedAkaKey(
                Opaque.of(map.bytes(KEY_SLOT_KEY, SLOT_KEY_SEALED, SLOT_KEY_SEALED)),
                Opaque.of(map.bytes(KEY_SEALED, 1, SECRETS_MAX)));
    }
}
