// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab.fault;

import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.m2me.lab.device.DeviceRun;
import org.m2me.lab.network.LabSettings;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.step.Procedure;

/**
 * With whom a device has to be.
 *
 * @param used whose subscription it works with
 * @param besides whose it has on board, too
 */
public record Expected(DeviceRun run, Plmn used, Optional<Plmn> besides) {
    /** With the operator that its subscriber chose at first. */
    public static Expected first(DeviceRun run) {
        return new Expected(run, LabSettings.HOME, Optional.empty());
    }

    /** Where an order brings it that is done, and to the other operator. */
    public static Expected after(DeviceRun run, Procedure order) {
        return switch (order) {
            case INITIAL, RENEWAL -> first(run);
            case CHANGE, PRISTINE -> new Expected(run, LabSettings.OTHER, Optional.empty());
            case ADD -> new Expected(run, LabSettings.HOME, Optional.of(LabSettings.OTHER));
            case SWITCH -> new Expected(run, LabSettings.OTHER, Optional.of(LabSettings.HOME));
        };
    }

    /** Whose subscriptions it has, and no other's. */
    Set<Plmn> operators() {
        return Stream.concat(Stream.of(used), besides.stream()).collect(Collectors.toSet());
    }
}
