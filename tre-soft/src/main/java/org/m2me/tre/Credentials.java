// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.tre;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.m2me.protocol.cbor.CborException;
import org.m2me.protocol.cbor.CborMap;
import org.m2me.protocol.crypto.ForgedException;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.message.OwnerSecret;
import org.m2me.protocol.message.RegisterAnswer;
import org.m2me.tre.store.Vault;

/**
 * What the supplier put in at manufacture, and nothing changes after.
 *
 * @param platform certificate of the platform key (PfC), DER
 * @param transport certificate of the transport key, DER
 * @param anchors certificates that operators and gateways come from, DER
 * @param ownerSecret sealed
 */
record Credentials(Opaque platform, Opaque transport, List<Opaque> anchors, Opaque ownerSecret) {
    /** What the wire brings, the store takes. */
    static final int CERTIFICATE_MAX = RegisterAnswer.CERTIFICATE_SIZE_MAX;
    /** The operators' root, its successor, and one more. */
    static final int ANCHORS_MAX = 3;

    private static final int KEY_PLATFORM = 1;
    private static final int KEY_TRANSPORT = 2;
    private static final int KEY_ANCHORS = 3;
    private static final int KEY_OWNER_SECRET = 4;
    private static final int SEALED_MAX = 64; // 16 bytes and what sealing adds, 28

    static Opaque sealSecret(Vault vault, byte[] secret) {
        return vault.seal(purpose(), secret);
    }

    /** Whether the owner gave this operator this token, in a time that does not depend on where it differs. */
    boolean isOperatorToken(byte[] offered, Plmn operator, Vault vault) {
        try (SecretBytes secret = openSecret(vault);
                SecretBytes token = SecretBytes.copyOf(
                        OwnerSecret.operatorToken(secret, operator).bytes())) {
            return token.sameAs(offered);
        }
    }

    /** What came with the device to its owner, for one use; close it after that. */
    SecretBytes openSecret(Vault vault) {
        try {
            return vault.open(purpose(), ownerSecret);
        } catch (ForgedException impossible) {
            throw new IllegalStateException("the owner's secret inside a state that opened does not open", impossible);
        }
    }

    private static byte[] purpose() {
        return Vault.purpose("owner secret");
    }

    CborMap toCbor() {
        return CborMap.builder()
                .put(KEY_PLATFORM, platform.bytes())
                .put(KEY_TRANSPORT, transport.bytes())
                .putByteStrings(KEY_ANCHORS, anchors.stream().map(Opaque::bytes).toList())
                .put(KEY_OWNER_SECRET, ownerSecret.bytes())
                .build();
    }

    static Credentials fromCbor(CborMap map) throws CborException {
        return new Credentials(
                Opaque.of(map.bytes(KEY_PLATFORM, 1, CERTIFICATE_MAX)),
                Opaque.of(map.bytes(KEY_TRANSPORT, 1, CERTIFICATE_MAX)),
                opaque(map.byteStrings(KEY_ANCHORS, ANCHORS_MAX)),
                Opaque.of(map.bytes(KEY_OWNER_SECRET, 1, SEALED_MAX)));
    }

    static List<Opaque> opaque(Collection<byte[]> strings) {
        List<Opaque> values = new ArrayList<>();
        for (byte[] string : strings) {
            values.add(Opaque.of(string));
        }
        return List.copyOf(values);
    }
}
