// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.bridge.device;

/**
 * How much of something is allowed.
 *
 * @param burst at once, at least 1
 * @param perSecond in the long run, above 0
 */
public record Rate(int burst, double perSecond) {
    public Rate {
        if (burst < 1 || perSecond <= 0) {
            throw new IllegalArgumentException("rate: wants a burst of at least 1 and more than 0 per second");
        }
    }
}
