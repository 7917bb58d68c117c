// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.ivf;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.m2me.operators.Ivf.Inquiry;
import org.m2me.operators.Ivf.Standing;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.message.DeviceState;

/**
 * A result as it is kept in memory.
 *
 * @param issued epoch seconds, likewise the next
 * @param withdrawn whether something that it rests on was withdrawn after it was issued
 */
record Kept(
        Opaque signed,
        long issued,
        long expires,
        long boots,
        long generation,
        Opaque firmware,
        Set<String> components,
        boolean withdrawn) {
    /** By how much the PVA's clock may be ahead of ours. */
    private static final long SKEW_SECONDS = Duration.ofMinutes(5).toSeconds();

    Kept withdraw() {
        return new Kept(signed, issued, expires, boots, generation, firmware, components, true);
    }

    /** Whether it tells of a later state than another one. */
    boolean isNewerThan(Kept other) {
        if (issued != other.issued) {
            return issued > other.issued;
        }
        return generation == other.generation ? boots > other.boots : generation > other.generation;
    }

    /** For who may inquire, under this result's policy. */
    Standing standing(Inquiry inquiry, Optional<DeviceState> state, long now) {
        if (withdrawn) {
            return Standing.REVOKED;
        }
        if (now >= expires || issued > now + SKEW_SECONDS) {
            return Standing.EXPIRED;
        }
        if (!components.containsAll(inquiry.components())) {
            return Standing.NOT_COVERED;
        }
        return state.isPresent() && isOther(state.get(), inquiry.writesMax()) ? Standing.NEWER_STATE : Standing.VALID;
    }

    /** A generation that is behind is no older state but one that was put back: that is for the PVA to see. */
    private boolean isOther(DeviceState state, Optional<Long> writesMax) {
        long ahead = state.storeGeneration() - generation;
        return !state.firmware().equals(firmware) || ahead < 0 || (writesMax.isPresent() && ahead > writesMax.get());
    }
}
