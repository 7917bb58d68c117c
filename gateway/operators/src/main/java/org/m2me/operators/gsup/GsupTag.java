// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.gsup;

import java.util.Optional;

/** Information elements that are understood here; others are skipped. */
public enum GsupTag {
    IMSI(0x01, 1, 8),
    /** A GMM cause (TS 24.008 10.5.5.14). */
    CAUSE(0x02, 1, 1),
    AUTH_TUPLE(0x03, 0, 255),
    /** The access points that follow are all there are. */
    PDP_INFO_COMPLETE(0x04, 0, 0),
    PDP_INFO(0x05, 0, 255),
    CANCEL_TYPE(0x06, 1, 1),
    FREEZE_PTMSI(0x07, 0, 0),
    RAND(0x20, 16, 16),
    AUTS(0x26, 14, 14),
    CN_DOMAIN(0x28, 1, 1),
    CURRENT_RAT_TYPE(0x2a, 1, 1),
    VECTORS_WANTED(0x52, 1, 1),
    SOURCE_NAME(0x60, 0, 255),
    DESTINATION_NAME(0x61, 0, 255);

    private final int number;
    private final int min;
    private final int max;

    GsupTag(int number, int min, int max) {
        this.number = number;
        this.min = min;
        this.max = max;
    }

    int number() {
        return number;
    }

    boolean takes(int length) {
        return length >= min && length <= max;
    }

    /** Whether a message may have several. */
    boolean repeats() {
        return this == AUTH_TUPLE || this == PDP_INFO;
    }

    static Optional<GsupTag> of(int number) {
        for (GsupTag tag : values()) {
            if (tag.number == number) {
                return Optional.of(tag);
            }
        }
        return Optional.empty();
    }
}
