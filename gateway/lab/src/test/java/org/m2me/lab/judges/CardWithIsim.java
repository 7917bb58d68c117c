// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab.judges;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.m2me.hal.SmartCard;

/**
 * The soft USIM, listed a second time as an ISIM: hosts that authenticate for IMS select that name and get the same
 * application, as on cards whose ISIM shares the USIM's key (TS 33.203 8).
 */
record CardWithIsim(SmartCard usim) implements SmartCard {
    private static final String USIM = latin("a0000000871002");
    private static final String ISIM = latin("a0000000871004");
    private static final int READ_RECORD = 0xb2;
    private static final int SELECT = 0xa4;

    private static String latin(String hex) {
        return new String(HexFormat.of().parseHex(hex), StandardCharsets.ISO_8859_1);
    }

    private static byte[] replaced(byte[] in, String what, String with) {
        return new String(in, StandardCharsets.ISO_8859_1).replace(what, with).getBytes(StandardCharsets.ISO_8859_1);
    }

    @Override
    public byte[] atr() {
        return usim.atr();
    }

    @Override
    public void reset() {
        usim.reset();
    }

    @Override
    public byte[] transmit(byte[] command) {
        int instruction = command[1] & 0xff;
        if (instruction == SELECT) {
            return usim.transmit(replaced(command, ISIM, USIM));
        }
        if (instruction == READ_RECORD && command[2] == 2) {
            byte[] first = command.clone();
            first[2] = 1;
            byte[] answer = replaced(usim.transmit(first), USIM, ISIM);
            boolean listsIt = new String(answer, StandardCharsets.ISO_8859_1).contains(ISIM);
            boolean wrongLength = answer.length == 2 && answer[0] == 0x6c;
            return listsIt || wrongLength ? answer : usim.transmit(command);
        }
        return usim.transmit(command);
    }
}
