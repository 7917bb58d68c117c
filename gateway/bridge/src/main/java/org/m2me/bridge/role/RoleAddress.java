// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.bridge.role;

import java.net.URI;

/**
 * Where a role is.
 *
 * @param base {@code https://host:port}
 * @param commonName what its certificate must say: {@code drf.901-70}
 */
public record RoleAddress(URI base, String commonName) {
    public RoleAddress {
        if (!"https".equals(base.getScheme()) || base.getHost() == null) {
            throw new IllegalArgumentException("role " + commonName + ": " + base + " is not https://host:port");
        }
    }
}
