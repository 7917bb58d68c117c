// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent.measure;

import org.m2me.protocol.identity.Opaque;

/**
 * One file of a component.
 *
 * @param path from the component's root on, with {@code /}
 * @param size in bytes, or {@link #ABSENT}
 * @param sha256 32 bytes, zeros when absent
 */
public record MeasuredFile(String path, long size, Opaque sha256) {
    /** Size of a file that should be there and is not: that is a finding, not a fault. */
    public static final long ABSENT = -1;
}
