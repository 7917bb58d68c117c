// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.bridge;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import org.m2me.bridge.device.Limits;
import org.m2me.bridge.role.DeviceRole;
import org.m2me.bridge.role.RoleAddress;

/**
 * Where the gateway is and what it is in front of.
 *
 * @param listen where devices find it; port 0 lets the system choose
 * @param node number of this gateway among those that share an address, 0 to 255; the first byte of its connection IDs
 * @param roles at most one address each; a role that is missing is answered for with {@code UNAVAILABLE}
 */
public record BridgeSettings(InetSocketAddress listen, int node, Map<DeviceRole, RoleAddress> roles, Limits limits) {
    public BridgeSettings {
        if (node < 0 || node > 255) {
            throw new IllegalArgumentException("node: " + node + " is not 0 to 255");
        }
        roles = Map.copyOf(roles);
    }

    /** On this machine only, on a port that the system chooses. */
    public static BridgeSettings onLoopback(Map<DeviceRole, RoleAddress> roles) {
        return new BridgeSettings(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0, roles, Limits.DEFAULT);
    }
}
