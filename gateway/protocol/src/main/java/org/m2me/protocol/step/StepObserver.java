// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.step;

/** Learns of every step: the log, the metrics, the console, and in tests the fault injector. */
@FunctionalInterface
public interface StepObserver {
    /** Nobody listens. */
    StepObserver NONE = event -> {};

    /** Called after a step was taken or refused, on the thread that took it; must not block. */
    void taken(StepEvent event);
}
