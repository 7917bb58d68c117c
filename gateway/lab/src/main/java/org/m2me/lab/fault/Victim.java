// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab.fault;

import java.time.Duration;

/** A role, to whoever wants to harm it. */
public interface Victim {
    /** The name in its certificate. */
    String name();

    /** Takes its power away and gives it back: what it had not committed when this is called is gone. */
    void kill();

    /** Has its database refuse to write for a while. Returns at once. */
    void refuseWrites(Duration howLong);
}
