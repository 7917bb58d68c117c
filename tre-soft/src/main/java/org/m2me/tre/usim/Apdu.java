// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.tre.usim;

import java.util.Arrays;
import java.util.Optional;
import org.m2me.protocol.identity.Opaque;

/**
 * A short command (ISO 7816-4, TS 102 221 10.1).
 *
 * @param header CLA, INS, P1, P2
 * @param p3 length byte: of the data if there are any, else of the answer that is wanted; -1 if absent
 */
record Apdu(Opaque header, int p3, Opaque data) {
    /** What Le of 00 stands for. */
    static final int ANSWER_MAX = 256;

    private static final int HEADER_LENGTH = 4;
    private static final int LENGTH_MAX = 261; // header, Lc, 255 bytes, Le

    /** Empty unless the lengths fit. */
    static Optional<Apdu> parse(byte[] bytes) {
        if (bytes.length < HEADER_LENGTH || bytes.length > LENGTH_MAX) {
            return Optional.empty();
        }
        Opaque header = Opaque.of(Arrays.copyOf(bytes, HEADER_LENGTH));
        if (bytes.length == HEADER_LENGTH) {
            return Optional.of(new Apdu(header, -1, Opaque.of()));
        }
        int p3 = Byte.toUnsignedInt(bytes[HEADER_LENGTH]);
        int dataEnd = HEADER_LENGTH + 1 + p3;
        if (bytes.length == HEADER_LENGTH + 1) {
            return Optional.of(new Apdu(header, p3, Opaque.of()));
        }
        boolean fits = p3 > 0 && (bytes.length == dataEnd || bytes.length == dataEnd + 1);
        return fits
                ? Optional.of(new Apdu(header, p3, Opaque.of(Arrays.copyOfRange(bytes, HEADER_LENGTH + 1, dataEnd))))
                : Optional.empty();
    }

    private int at(int index) {
        return Byte.toUnsignedInt(header.bytes()[index]);
    }

    int cla() {
        return at(0);
    }

    int ins() {
        return at(1);
    }

    int p1() {
        return at(2);
    }

    int p2() {
        return at(3);
    }

    /** Length of the answer that is wanted by a command without data; 0 if it wants none. */
    int wanted() {
        return p3 == 0 ? ANSWER_MAX : Math.max(p3, 0);
    }
}
