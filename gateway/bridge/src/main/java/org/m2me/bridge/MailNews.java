// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.bridge;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.m2me.bridge.role.DeviceRole;
import org.m2me.protocol.identity.Ueid;

/** What the roles' feeds have said: which role may have mail for which device, and need not be asked about the others. */
final class MailNews {
    /** Of one role, as many as it keeps in its feed: some 2 MB. A role that has named so many may have named more. */
    private static final int DEVICES_MAX = 10_000;

    private final Map<DeviceRole, Set<Ueid>> named = new EnumMap<>(DeviceRole.class);
    private final Set<DeviceRole> followed = EnumSet.noneOf(DeviceRole.class);
    /** Of what these have said some may be forgotten, here or in their feeds. */
    private final Set<DeviceRole> overflowed = EnumSet.noneOf(DeviceRole.class);

    private Set<Ueid> of(DeviceRole role) {
        return named.computeIfAbsent(role, unused -> new LinkedHashSet<>());
    }

    /** A role may have mail for this device. */
    synchronized void name(DeviceRole role, Ueid device) {
        Set<Ueid> devices = of(role);
        devices.add(device);
        if (devices.size() >= DEVICES_MAX) {
            overflowed.add(role);
        }
        if (devices.size() > DEVICES_MAX) {
            Iterator<Ueid> oldest = devices.iterator();
            oldest.next();
            oldest.remove();
        }
    }

    /** Whether all that a role's feed has said until now was heard. */
    synchronized void follow(DeviceRole role, boolean heard) {
        if (heard) {
            followed.add(role);
        } else {
            followed.remove(role);
            overflowed.remove(role); // its feed is read from the beginning next time
        }
    }

    /**
     * Of these roles, those that may have mail for a device: it was named, or the role's feed is not heard. If there are
     * any, also those that may have named it before so many others that it is forgotten: a device takes what it is given
     * first, and would get the same of another role again and again.
     */
    synchronized List<DeviceRole> whoMayHaveMail(Ueid device, List<DeviceRole> roles) {
        return roles.stream().anyMatch(role -> isLikely(role, device))
                ? roles.stream()
                        .filter(role -> isLikely(role, device) || overflowed.contains(role))
                        .toList()
                : List.of();
    }

    private boolean isLikely(DeviceRole role, Ueid device) {
        return !followed.contains(role) || of(role).contains(device);
    }

    /** A role is about to be asked about a device: what it is named for from now on may be other mail. */
    synchronized void forget(DeviceRole role, Ueid device) {
        of(role).remove(device);
    }
}
