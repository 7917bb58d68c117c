// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab.fault;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import org.m2me.hal.emulated.Hotspot;
import org.m2me.hal.emulated.Radio;
import org.m2me.lab.network.LabPki;
import org.m2me.operators.wiring.RunningRole;

/** What stands between the parts of the lab and may harm them; by default nothing does. */
public interface Interference extends AutoCloseable {
    /** Everything arrives, nobody dies. */
    Interference NONE = new Interference() {};

    /** The authority for the names of all roles, before the first of them is made. */
    default void trust(LabPki pki) {}

    /** A role that was just made. @return what its peers' calls reach instead */
    default RunningRole role(RunningRole role, Victim victim) {
        return role;
    }

    /** The clock that a role or the gateway goes by. @param name as in its certificate */
    default Clock clock(String name, Clock right) {
        return right;
    }

    /** How far a device's clock is fast, or with a minus slow, from when it is switched on. @param device its name in the lab */
    default Duration clockOffset(String device) {
        return Duration.ZERO;
    }

    /** A directory in which a role or a device is going to keep its state; it is there, and empty. @param owner its name */
    default void disk(String owner, Path directory) throws IOException {}

    /** A role that is served at an address, each time it was started. @return where its peers find it */
    default URI front(String role, URI served) throws IOException {
        return served;
    }

    /** The air around a device's modem. @param device its name in the lab */
    default Radio radio(String device, Radio radio) {
        return radio;
    }

    /** The air around a device's WLAN module. @param device its name in the lab */
    default Hotspot hotspot(String device, Hotspot hotspot) {
        return hotspot;
    }

    @Override
    default void close() {}
}
