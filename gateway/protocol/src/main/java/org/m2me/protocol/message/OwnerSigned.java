// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.message;

import java.util.Set;
import org.m2me.protocol.cbor.CborException;
import org.m2me.protocol.cbor.CborMap;
import org.m2me.protocol.cose.CoseSign1;
import org.m2me.protocol.crypto.ForgedException;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.crypto.P256PublicKey;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Ueid;

/**
 * What a device's owner says to it: claims signed by the owner's key, that key, and the proof by the secret that came with
 * the device that the key is the owner's.
 */
final class OwnerSigned {
    private static final long SIGNED = 1;
    private static final long KEY = 2;
    private static final long PROOF = 3;
    private static final int POINT_LENGTH = 33;

    private OwnerSigned() {}

    /** @param purpose so that what is said for one purpose serves for no other */
    static Opaque sign(byte[] claims, String purpose, Ueid device, P256PrivateKey key, SecretBytes secret) {
        P256PublicKey shown = key.publicKey();
        return Opaque.of(CborMap.builder()
                .put(SIGNED, CoseSign1.sign(claims, purpose, key))
                .put(KEY, shown.compressed())
                .put(PROOF, OwnerSecret.keyProof(secret, device, shown))
                .build()
                .encode());
    }

    /**
     * The claims.
     *
     * @param device who reads
     * @throws ForgedException if the owner of this device did not sign them for this purpose
     */
    static byte[] verify(byte[] said, String purpose, Ueid device, SecretBytes secret) throws ForgedException {
        try {
            Fields parts = Fields.decode(said, Set.of(SIGNED, KEY, PROOF));
            P256PublicKey key = P256PublicKey.ofPoint(parts.map().bytes(KEY, POINT_LENGTH, POINT_LENGTH));
            byte[] proof = parts.map().bytes(PROOF, OwnerSecret.LENGTH, OwnerSecret.LENGTH);
            if (!OwnerSecret.isKeyProof(proof, secret, device, key)) {
                throw new ForgedException(purpose + ": its key is not that of the device's owner");
            }
            return CoseSign1.parse(parts.map().bytes(SIGNED, 1, said.length)).verify(key, purpose);
        } catch (CborException | IllegalArgumentException malformed) {
            throw new ForgedException(purpose + ": " + malformed.getMessage());
        }
    }
}
