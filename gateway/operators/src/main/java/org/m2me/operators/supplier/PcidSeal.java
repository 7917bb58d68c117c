// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.supplier;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.Arrays;
import org.m2me.operators.PcidRecord;
import org.m2me.protocol.aka.AkaAlgorithm;
import org.m2me.protocol.aka.AkaConstants;
import org.m2me.protocol.aka.AkaKey;
import org.m2me.protocol.aka.SqnParameters;
import org.m2me.protocol.cbor.CborException;
import org.m2me.protocol.cbor.CborMap;
import org.m2me.protocol.crypto.Aead;
import org.m2me.protocol.crypto.ForgedException;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.identity.Imsi;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Pcid;

/** A PCID with its key, sealed by its maker for itself: at rest in a database, or as a form that others carry unread. */
final class PcidSeal {
    private static final int KEY_LENGTH = 32;
    private static final int K_MAX = 32;
    private static final int DIGITS_MAX = 15;

    private final P256PrivateKey owner;
    private final SecureRandom random;
    private final byte[] purpose;

    /** @param purpose what is sealed for one cannot be opened for another */
    PcidSeal(P256PrivateKey owner, String purpose, SecureRandom random) {
        this.owner = owner;
        this.random = random;
        this.purpose = ("m2m-pcid:" + purpose).getBytes(UTF_8);
    }

    byte[] seal(PcidRecord record) {
        AkaKey key = record.key();
        byte[] plain = key.k()
                .use(k -> key.opc()
                        .use(opc -> CborMap.builder()
                                .put(1, record.pcid().toString())
                                .put(2, key.algorithm().number())
                                .put(3, k)
                                .put(4, opc)
                                .put(5, record.sqn().indBits())
                                .put(6, record.sqn().delta())
                                .put(7, record.sqn().ageLimit())
                                .put(8, record.expires().toEpochMilli())
                                .put(9, key.constants().bytes().bytes())
                                .build()
                                .encode()));
        try (SecretBytes root = owner.scalar();
                SecretBytes sealing = Aead.derive(root, purpose, KEY_LENGTH)) {
            return Aead.seal(sealing, plain, purpose, random);
        } finally {
            Arrays.fill(plain, (byte) 0);
        }
    }

    /** @throws ForgedException if this was not sealed here for this purpose */
    PcidRecord open(byte[] sealed) throws ForgedException {
        try (SecretBytes root = owner.scalar();
                SecretBytes sealing = Aead.derive(root, purpose, KEY_LENGTH);
                SecretBytes plain = Aead.open(sealing, sealed, purpose)) {
            return decode(plain);
        } catch (CborException malformed) {
            throw new ForgedException("sealed PCID: " + malformed.getMessage());
        }
    }

    private static PcidRecord decode(SecretBytes plain) throws CborException {
        CborMap map = CborMap.decode(plain.use(byte[]::clone));
        AkaKey key = new AkaKey(
                AkaAlgorithm.of(map.integer(2)),
                SecretBytes.takeFrom(map.bytes(3, 1, K_MAX)),
                SecretBytes.takeFrom(map.bytes(4, 1, K_MAX)),
                new AkaConstants(Opaque.of(map.bytes(9, 0, AkaConstants.LENGTH_MAX))));
        return new PcidRecord(
                new Pcid(new Imsi(map.text(1, DIGITS_MAX))),
                key,
                new SqnParameters((int) map.integer(5, 0, 8), map.integer(6), map.integer(7)),
                Instant.ofEpochMilli(map.integer(8)));
    }
}
