// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent;

import java.util.ServiceLoader;
import org.m2me.hal.TrustedEnvironmentProvider;

/** The kinds of Trusted Environment that are on the class path. */
public final class TrustedEnvironments {
    private TrustedEnvironments() {}

    /** @throws ConfigurationException if there is none of this name; it says which there are */
    public static TrustedEnvironmentProvider named(String name) throws ConfigurationException {
        StringBuilder known = new StringBuilder();
        for (TrustedEnvironmentProvider provider : ServiceLoader.load(TrustedEnvironmentProvider.class)) {
            if (provider.name().equals(name)) {
                return provider;
            }
            known.append(' ').append(provider.name());
        }
        throw new ConfigurationException("tre: there is no \"" + name + "\" here; known:" + known);
    }
}
