// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.tre.usim;

import java.util.Optional;

/** The commands that this card knows, and the class that each belongs to (TS 102 221 10.1.2). */
enum Instruction {
    SELECT(0xA4, 0x00),
    STATUS(0xF2, 0x80),
    READ_BINARY(0xB0, 0x00),
    UPDATE_BINARY(0xD6, 0x00),
    READ_RECORD(0xB2, 0x00),
    VERIFY(0x20, 0x00),
    AUTHENTICATE(0x88, 0x00),
    MANAGE_CHANNEL(0x70, 0x00),
    GET_RESPONSE(0xC0, 0x00),
    TERMINAL_PROFILE(0x10, 0x80);

    private final int ins;
    private final int cla;

    Instruction(int ins, int cla) {
        this.ins = ins;
        this.cla = cla;
    }

    /** Class byte on the basic channel. */
    int cla() {
        return cla;
    }

    static Optional<Instruction> of(int ins) {
        for (Instruction instruction : values()) {
            if (instruction.ins == ins) {
                return Optional.of(instruction);
            }
        }
        return Optional.empty();
    }
}
