// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent;

import java.io.IOException;

/** The application server takes no telemetry, while the bearer is sound: to get on the air anew would not help. */
final class ApplicationSilent extends IOException {
    private static final long serialVersionUID = 1L;

    ApplicationSilent(Exception why) {
        super("the application server: " + why.getMessage(), why);
    }
}
