// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.supplier;

import java.time.Instant;
import org.m2me.operators.PcidRecord;
import org.m2me.operators.store.Vault;
import org.m2me.protocol.aka.AkaAlgorithm;
import org.m2me.protocol.aka.AkaKey;
import org.m2me.protocol.aka.SqnParameters;
import org.m2me.protocol.cbor.CborException;
import org.m2me.protocol.cbor.CborMap;
import org.m2me.protocol.crypto.ForgedException;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.identity.Imsi;
import org.m2me.protocol.identity.Pcid;

/** A PCID with its key, sealed by its maker for itself: at rest in a database, or as a form that others carry unread. */
final class SealedPcid {
    private static final int K_MAX = 32;
    private static final int DIGITS_MAX = 15;
    private static final String FORM = "deposit form";

    private SealedPcid() {}

    static byte[] atRest(PcidRecord record, Vault vault) {
        try (SecretBytes plain = encode(record)) {
            return vault.seal(plain, place(record.pcid()));
        }
    }

    static PcidRecord open(Pcid pcid, byte[] sealed, Vault vault) {
        try (SecretBytes plain = vault.open(sealed, place(pcid))) {
            return plain.use(SealedPcid::decode);
        }
    }

    static byte[] form(PcidRecord record, Vault vault) {
        try (SecretBytes plain = encode(record)) {
            return vault.seal(plain, FORM);
        }
    }

    /** @throws ForgedException if the form was not made with this vault */
    static PcidRecord ofForm(byte[] form, Vault vault) throws ForgedException {
        try (SecretBytes plain = vault.openCarried(form, FORM)) {
            return plain.use(SealedPcid::decode);
        }
    }

    private static String place(Pcid pcid) {
        return "PCID " + pcid;
    }

    private static SecretBytes encode(PcidRecord record) {
        AkaKey key = record.key();
        return SecretBytes.takeFrom(key.k()
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
                                .build()
                                .encode())));
    }

    private static PcidRecord decode(byte[] plain) {
        try {
            CborMap map = CborMap.decode(plain);
            AkaKey key = new AkaKey(
                    AkaAlgorithm.of(map.integer(2)),
                    SecretBytes.takeFrom(map.bytes(3, 1, K_MAX)),
                    SecretBytes.takeFrom(map.bytes(4, 1, K_MAX)));
            return new PcidRecord(
                    new Pcid(new Imsi(map.text(1, DIGITS_MAX))),
                    key,
                    new SqnParameters((int) map.integer(5, 0, 8), map.integer(6), map.integer(7)),
                    Instant.ofEpochMilli(map.integer(8)));
        } catch (CborException impossible) {
            throw new IllegalStateException("a PCID that was sealed here is malformed", impossible);
        }
    }
}
