// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.bridge.role;

import java.io.IOException;

/** A role gave no answer. Whether it acted is unknown: device requests are made to be repeated. */
public final class RoleUnreachable extends IOException {
    private static final long serialVersionUID = 1L;

    RoleUnreachable(DeviceRole role, IOException why) {
        super(role + " does not answer: " + why, why);
    }
}
