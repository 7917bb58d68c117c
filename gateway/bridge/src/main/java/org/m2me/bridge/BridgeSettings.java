// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.bridge;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Set;
import org.m2me.bridge.device.Limits;
import org.m2me.bridge.role.DeviceRole;
import org.m2me.bridge.role.RoleAddress;
import org.m2me.protocol.message.DeviceResource;

/**
 * Where this is and what it is in front of.
 *
 * @param listen where devices find it; port 0 lets the system choose
 * @param node number of this gateway among those that share an address, 0 to 255; the first byte of its connection IDs
 * @param roles at most one address each; a role that is missing is answered for with {@code UNAVAILABLE}
 * @param resources that devices find here
 */
public record BridgeSettings(
        InetSocketAddress listen,
        int node,
        Map<DeviceRole, RoleAddress> roles,
        Limits limits,
        Set<DeviceResource> resources) {
    public BridgeSettings {
        if (node < 0 || node > 255) {
            throw new IllegalArgumentException("node: " + node + " is not 0 to 255");
        }
        roles = Map.copyOf(roles);
        resources = Set.copyOf(resources);
    }

    /** A gateway: devices find everything there. */
    public BridgeSettings(InetSocketAddress listen, int node, Map<DeviceRole, RoleAddress> roles, Limits limits) {
        this(listen, node, roles, limits, Set.of(DeviceResource.values()));
    }

    /** On this machine only, on a port that the system chooses. */
    public static BridgeSettings onLoopback(Map<DeviceRole, RoleAddress> roles) {
        return new BridgeSettings(loopback(), 0, roles, Limits.DEFAULT);
    }

    /** The same for an owner's M2M application server: it takes telemetry, and hands it over to its subscriber. */
    public static BridgeSettings applicationServer(RoleAddress subscriber) {
        return new BridgeSettings(
                loopback(),
                0,
                Map.of(DeviceRole.SUBSCRIBER, subscriber),
                Limits.DEFAULT,
                Set.of(DeviceResource.TELEMETRY));
    }

    private static InetSocketAddress loopback() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }
}
