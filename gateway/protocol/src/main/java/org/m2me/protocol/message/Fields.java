// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.message;

import java.util.HexFormat;
import java.util.Set;
import org.m2me.protocol.cbor.CborException;
import org.m2me.protocol.cbor.CborMap;
import org.m2me.protocol.identity.Imsi;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Pcid;
import org.m2me.protocol.identity.Plmn;

/** Reads the fields of a message as the types of this project; see {@code messages.cddl} for what each looks like. */
final class Fields {
    /** Key of the registration's nonce, in every message that has one. */
    static final long REGISTRATION = 1;

    private static final HexFormat HEX = HexFormat.of();

    private final CborMap map;

    private Fields(CborMap map) {
        this.map = map;
    }

    /** @throws CborException if the message is malformed, or has a field that is not among these */
    static Fields decode(byte[] cbor, Set<Long> known) throws CborException {
        CborMap map = CborMap.decode(cbor);
        map.checkOnly(known);
        return new Fields(map);
    }

    CborMap map() {
        return map;
    }

    boolean has(long key) {
        return map.has(key);
    }

    Nonce nonce(long key) throws CborException {
        return new Nonce(Opaque.of(map.bytes(key, Nonce.LENGTH, Nonce.LENGTH)));
    }

    ResultCode code(long key) throws CborException {
        long number = map.integer(key);
        return constructed(key, () -> ResultCode.of(number));
    }

    Plmn plmn(long key) throws CborException {
        byte[] bytes = map.bytes(key, Plmn.LENGTH, Plmn.LENGTH);
        return constructed(key, () -> Plmn.ofBytes(bytes));
    }

    Pcid pcid(long key) throws CborException {
        String digits = HEX.formatHex(map.bytes(key, 7, 8)); // 14 digits, or 15 and a filler
        String unfilled = digits.length() == 16 && digits.endsWith("f") ? digits.substring(0, 15) : digits;
        return constructed(key, () -> new Pcid(new Imsi(unfilled)));
    }

    static byte[] packed(Pcid pcid) {
        String digits = pcid.imsi().digits();
        return HEX.parseHex(digits.length() % 2 == 0 ? digits : digits + "f");
    }

    /** What a constructor refuses is a fault of the message. */
    static <T> T constructed(long key, Construction<T> construction) throws CborException {
        try {
            return construction.of();
        } catch (IllegalArgumentException outOfRange) {
            throw new CborException("key " + key + ": " + outOfRange.getMessage());
        }
    }

    /** Makes a value that checks itself. */
    interface Construction<T> {
        T of() throws CborException;
    }
}
