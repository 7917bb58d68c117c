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
import org.m2me.protocol.message.RegisterAnswer;
import org.m2me.tre.store.Vault;

/**
 * What the supplier put in at manufacture, and nothing changes after.
 *
 * @param platform certificate of the platform key (PfC), DER
 * @param transport certificate of the transport key, DER
 * @param anchors certificates that operators and gateways come from, DER
 * @param ownerToken sealed
 */
record Credentials(Opaque platform, Opaque transport, List<Opaque> anchors, Opaque ownerToken) {
    /** What the wire brings, the store takes. */
    static final int CERTIFICATE_MAX = RegisterAnswer.CERTIFICATE_SIZE_MAX;
    /** The operators' root, its successor, and one more. */
    static final int ANCHORS_MAX = 3;
    /** 128 bits: not to be guessed. */
    static final int OWNER_TOKEN_LENGTH = 16;

    private static final int KEY_PLATFORM = 1;
    private static final int KEY_TRANSPORT = 2;
    private static final int KEY_ANCHORS = 3;
    private static final int KEY_OWNER_TOKEN = 4;
    private static final int SEALED_MAX = 64; // 16 bytes and what sealing adds, 28

    static Opaque sealToken(Vault vault, byte[] token) {
        return vault.seal(purpose(), token);
    }

    /** Whether this is the owner's token, in a time that does not depend on where it differs. */
    boolean ownerTokenIs(byte[] offered, Vault vault) {
        try (SecretBytes token = vault.open(purpose(), ownerToken)) {
            return token.sameAs(offered);
        } catch (ForgedException impossible) {
            throw new IllegalStateException("the owner's token inside a state that opened does not open", impossible);
        }
    }

    private static byte[] purpose() {
        return Vault.purpose("owner token");
    }

    CborMap toCbor() {
        return CborMap.builder()
                .put(KEY_PLATFORM, platform.bytes())
                .put(KEY_TRANSPORT, transport.bytes())
                .putByteStrings(KEY_ANCHORS, anchors.stream().map(Opaque::bytes).toList())
                .put(KEY_OWNER_TOKEN, ownerToken.bytes())
                .build();
    }

    static Credentials fromCbor(CborMap map) throws CborException {
        return new Credentials(
                Opaque.of(map.bytes(KEY_PLATFORM, 1, CERTIFICATE_MAX)),
                Opaque.of(map.bytes(KEY_TRANSPORT, 1, CERTIFICATE_MAX)),
                opaque(map.byteStrings(KEY_ANCHORS, ANCHORS_MAX)),
                Opaque.of(map.bytes(KEY_OWNER_TOKEN, 1, SEALED_MAX)));
    }

    static List<Opaque> opaque(Collection<byte[]> strings) {
        List<Opaque> values = new ArrayList<>();
        for (byte[] string : strings) {
            values.add(Opaque.of(string));
        }
        return List.copyOf(values);
    }
}
