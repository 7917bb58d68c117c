// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.tre;

import java.security.SecureRandom;
import org.m2me.protocol.cbor.CborException;
import org.m2me.protocol.cbor.CborMap;
import org.m2me.protocol.crypto.ForgedException;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.identity.Opaque;
import org.m2me.tre.store.Vault;

/**
 * The device's three keys, each sealed for its own use: one that signs evidence and reports, one that signs TLS
 * handshakes, one that opens envelopes. None ever does another's work.
 */
record DeviceKeys(Opaque platform, Opaque transport, Opaque agreement) {
    private static final int KEY_PLATFORM = 1;
    private static final int KEY_TRANSPORT = 2;
    private static final int KEY_AGREEMENT = 3;
    private static final int SEALED_MAX = 64; // 32 bytes and what sealing adds, 28

    /** What a key is for. */
    enum Use {
        PLATFORM,
        TRANSPORT,
        AGREEMENT;

        private byte[] purpose() {
            return Vault.purpose("key " + name());
        }
    }

    /** Three fresh keys. */
    static DeviceKeys make(Vault vault, SecureRandom random) {
        return new DeviceKeys(
                fresh(vault, Use.PLATFORM, random),
                fresh(vault, Use.TRANSPORT, random),
                fresh(vault, Use.AGREEMENT, random));
    }

    private static Opaque fresh(Vault vault, Use use, SecureRandom random) {
        try (P256PrivateKey key = P256PrivateKey.generate(random);
                SecretBytes scalar = key.scalar()) {
            return vault.seal(use.purpose(), scalar);
        }
    }

    /** A key, for one use; close it after that. */
    P256PrivateKey open(Vault vault, Use use) {
        Opaque sealed = switch (use) {
            case PLATFORM -> platform;
            case TRANSPORT -> transport;
            case AGREEMENT -> agreement;
        };
        try (SecretBytes scalar = vault.open(use.purpose(), sealed)) {
            return P256PrivateKey.ofScalar(scalar);
        } catch (ForgedException impossible) {
            throw new IllegalStateException("a key inside a state that opened does not open", impossible);
        }
    }

    CborMap toCbor() {
        return CborMap.builder()
                .put(KEY_PLATFORM, platform.bytes())
                .put(KEY_TRANSPORT, transport.bytes())
                .put(KEY_AGREEMENT, agreement.bytes())
                .build();
    }

    static DeviceKeys fromCbor(CborMap map) throws CborException {
        return new DeviceKeys(
                Opaque.of(map.bytes(KEY_PLATFORM, 1, SEALED_MAX)),
                Opaque.of(map.bytes(KEY_TRANSPORT, 1, SEALED_MAX)),
                Opaque.of(map.bytes(KEY_AGREEMENT, 1, SEALED_MAX)));
    }
}
