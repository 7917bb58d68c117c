// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal;

/** What a technician at the mast can see. */
public interface Lights {
    /** What there is to show. */
    enum Signal {
        STARTING,
        SEARCHING,
        PROVISIONING,
        OPERATIONAL,
        REFUSED,
        FAULT
    }

    void show(Signal signal);
}
