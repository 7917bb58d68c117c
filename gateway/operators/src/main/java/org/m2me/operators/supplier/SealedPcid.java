// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.supplier;

import java.time.Instant;
import java.util.Arrays;
import org.m2me.operators.PcidRecord;
import org.m2me.operators.store.Vault;
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
        try (SecretBytes key = record.key().join()) {
            return SecretBytes.takeFrom(key.use(joined -> CborMap.builder()
                    .put(1, record.pcid().toString())
                    .put(2, joined)
                    .put(3, record.sqn().indBits())
                    .put(4, record.sqn().delta())
                    .put(5, record.sqn().ageLimit())
                    .put(6, record.expires().toEpochMilli())
                    .build()
                    .encode()));
        }
    }

    private static PcidRecord decode(byte[] plain) {
        try {
            CborMap map = CborMap.decode(plain);
            byte[] joined = map.bytes(2, 1, AkaKey.JOINED_MAX);
            map.wipe();
            try {
                return new PcidRecord(
                        new Pcid(new Imsi(map.text(1, DIGITS_MAX))),
                        AkaKey.split(joined),
                        new SqnParameters((int) map.integer(3, 0, 8), map.integer(4), map.integer(5)),
                        Instant.ofEpochMilli(map.integer(6)));
            } finally {
                Arrays.fill(joined, (byte) 0);
            }
        } catch (CborException impossible) {
            throw new IllegalStateException("a PCID that was sealed here is malformed", impossible);
        }
    }
}
