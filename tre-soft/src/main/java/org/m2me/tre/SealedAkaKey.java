// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.tre;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.m2me.protocol.aka.AkaAlgorithm;
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
 * K and OPc of one subscription, under a random key of their own, which in turn is sealed for one slot and one operator:
 * nothing of one operator's opens in another's name, and dropping {@code slotKey} erases what it sealed.
 *
 * @param slotKey 32 random bytes, sealed under HKDF(root, "mcim", slot, operator)
 * @param sealed K and OPc, sealed under those 32 bytes
 */
record SealedAkaKey(AkaAlgorithm algorithm, Opaque slotKey, Opaque sealed) {
    private static final int KEY_ALGORITHM = 1;
    private static final int KEY_SLOT_KEY = 2;
    private static final int KEY_SEALED = 3;
    private static final int SLOT_KEY_LENGTH = 32;
    private static final int SLOT_KEY_SEALED = SLOT_KEY_LENGTH + Aead.OVERHEAD;
    private static final int SECRETS_MAX = 1 + 32 + 32 + Aead.OVERHEAD; // length of K, K, TOPc

    static SealedAkaKey seal(AkaKey key, int slot, Plmn operator, Vault vault) {
        byte[] purpose = purpose(slot, operator);
        try (SecretBytes slotKey = SecretBytes.random(SLOT_KEY_LENGTH, vault.random());
                SecretBytes secrets = join(key)) {
            byte[] sealed = secrets.use(raw -> Aead.seal(slotKey, raw, purpose, vault.random()));
            return new SealedAkaKey(key.algorithm(), vault.seal(purpose, slotKey), Opaque.of(sealed));
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
            return secrets.use(
                    raw -> new AkaKey(algorithm, part(raw, 1, 1 + raw[0]), part(raw, 1 + raw[0], raw.length)));
        }
    }

    private static SecretBytes join(AkaKey key) {
        return key.k()
                .use(k -> key.opc().use(opc -> {
                    byte[] joined = new byte[1 + k.length + opc.length];
                    joined[0] = (byte) k.length;
                    System.arraycopy(k, 0, joined, 1, k.length);
                    System.arraycopy(opc, 0, joined, 1 + k.length, opc.length);
                    return SecretBytes.takeFrom(joined);
                }));
    }

    private static SecretBytes part(byte[] joined, int from, int to) {
        return SecretBytes.takeFrom(Arrays.copyOfRange(joined, from, to));
    }

    private static byte[] purpose(int slot, Plmn operator) {
        return Vault.purpose(
                "mcim", new byte[] {(byte) slot}, operator.toString().getBytes(StandardCharsets.US_ASCII));
    }

    CborMap toCbor() {
        return CborMap.builder()
                .put(KEY_ALGORITHM, algorithm.number())
                .put(KEY_SLOT_KEY, slotKey.bytes())
                .put(KEY_SEALED, sealed.bytes())
                .build();
    }

    static SealedAkaKey fromCbor(CborMap map) throws CborException {
        return new SealedAkaKey(
                AkaAlgorithm.of(map.integer(KEY_ALGORITHM)),
                Opaque.of(map.bytes(KEY_SLOT_KEY, SLOT_KEY_SEALED, SLOT_KEY_SEALED)),
                Opaque.of(map.bytes(KEY_SEALED, 1, SECRETS_MAX)));
    }
}
