// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent;

import java.time.Duration;

/** Lets time pass. */
@FunctionalInterface
public interface Waiting {
    /** Returns when that long has passed. */
    void pause(Duration duration) throws InterruptedException;
}
