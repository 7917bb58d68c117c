// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.bench;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * All that was measured of one way to move a fleet.
 *
 * @param name of it
 * @param moves of the same fleet, one or more
 */
record Way(String name, List<Taken> moves) {
    /** The mean of all moves. */
    double of(ToDoubleFunction<Taken> value) {
        return moves.stream().mapToDouble(value).average().orElseThrow();
    }
}
