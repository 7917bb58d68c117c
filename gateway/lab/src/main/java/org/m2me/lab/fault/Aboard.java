// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab.fault;

import java.io.IOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.m2me.hal.TrustException;
import org.m2me.hal.TrustedEnvironment;
import org.m2me.hal.TrustedEnvironment.Subscription;
import org.m2me.lab.device.DeviceRun;
import org.m2me.lab.device.Firmware;

/** What must hold on board of a device that has done everything and is off: its Trusted Environment is asked. */
public final class Aboard {
    private final SecureRandom random;

    public Aboard(SecureRandom random) {
        this.random = random;
    }

    /** The PCID that a device has. @throws IOException if its Trusted Environment does not open */
    public String pcid(DeviceRun run) throws IOException {
        try (TrustedEnvironment tre =
                Firmware.trustedEnvironments().open(run.device().store(), random)) {
            return tre.pcid();
        } catch (TrustException closed) {
            throw new IOException(run.device() + ": " + closed.getMessage(), closed);
        }
    }

    /** What does not hold, in words; empty when all is as it must be. */
    public List<String> broken(Expected expected) {
        String device = expected.run().device().toString();
        try (TrustedEnvironment tre =
                Firmware.trustedEnvironments().open(expected.run().device().store(), random)) {
            return broken(tre, expected).stream()
                    .map(fault -> device + ": on board: " + fault)
                    .toList();
        } catch (IOException | TrustException closed) {
            return List.of(device + ": its Trusted Environment does not open: " + closed.getMessage());
        }
    }

    private static List<String> broken(TrustedEnvironment tre, Expected expected) {
        List<String> broken = new ArrayList<>();
        Optional<Subscription> active = tre.active();
        String wanted = expected.used().toString();
        if (active.filter(it -> it.operator().equals(wanted) && it.confirmed()).isEmpty()) {
            broken.add("in use is " + active.map(Subscription::toString).orElse("the PCID") + ", not one of " + wanted
                    + " that has authenticated");
        }
        tre.change().ifPresent(change -> broken.add("a change is not done: " + change));
        tre.owedReport().ifPresent(owed -> broken.add("a report is owed"));
        tre.owedAnswer().ifPresent(owed -> broken.add("an answer to an order is owed"));
        if (!tre.owedReleases().isEmpty()) {
            broken.add("an old operator has to be told still");
        }
        return broken;
    }
}
