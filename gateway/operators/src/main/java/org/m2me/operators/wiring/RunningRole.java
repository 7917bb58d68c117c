// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.wiring;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.m2me.operators.DeviceService;

/**
 * A role at work.
 *
 * @param interfaces what it implements, by interface; empty for a role that only asks others
 * @param devices its side towards devices, where it has one
 * @param role ends its work when closed
 */
public record RunningRole(Map<Class<?>, Object> interfaces, Optional<DeviceService> devices, AutoCloseable role) {
    /** Guards against later change of the map. */
    public RunningRole {
        interfaces = Map.copyOf(interfaces);
    }

    /** A role that is one object: it implements these interfaces, and may be a {@link DeviceService}. */
    public static RunningRole of(AutoCloseable role, Class<?>... interfaces) {
        Map<Class<?>, Object> implementations = new HashMap<>();
        for (Class<?> type : interfaces) {
            implementations.put(type, type.cast(role));
        }
        Optional<DeviceService> devices =
                role instanceof DeviceService service ? Optional.of(service) : Optional.empty();
        return new RunningRole(implementations, devices, role);
    }
}
