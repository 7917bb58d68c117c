// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab.device;

import java.util.ServiceLoader;
import org.m2me.hal.TrustedEnvironmentProvider;

/** The Trusted Environments of the lab's devices: the same kind as in the agent's processes. */
public final class TrustedEnvironments {
    private TrustedEnvironments() {}

    /** Makes and opens them. */
    public static TrustedEnvironmentProvider provider() {
        return ServiceLoader.load(TrustedEnvironmentProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(kind -> kind.name().equals(Firmware.TRUSTED_ENVIRONMENT))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no Trusted Environment of kind soft on the class path"));
    }
}
