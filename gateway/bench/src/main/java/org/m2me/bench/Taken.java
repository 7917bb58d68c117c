// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.bench;

import java.time.Duration;
import org.m2me.operators.Pva;
import org.m2me.operators.Sho;

/**
 * What it took to move a fleet once.
 *
 * @param devices that changed, all that were to
 * @param counters of the PVA, in the campaign
 * @param pva processor time of the PVA's process in the campaign
 * @param air bytes on the air of all devices
 * @param wall from the beginning of the campaign until the last device's outcome is known
 * @param counts of the operator that they change to
 */
record Taken(
        int devices,
        Pva.Counters counters,
        PvaProcess.Cpu pva,
        LightDevice.Air air,
        Duration wall,
        Sho.ValidationCounts counts) {
    double validationsPerDevice() {
        return (double) counters.validations() / devices;
    }

    /** Milliseconds. */
    double cpuPerDevice() {
        return millis(pva.all()) / devices;
    }

    /** What the compiler and the collector of the virtual machine took of it. */
    double machinePerDevice() {
        return millis(pva.machine()) / devices;
    }

    /** All that the PVA's own work takes of it: calls over TLS, signatures, the database. */
    double ownPerDevice() {
        return cpuPerDevice() - machinePerDevice();
    }

    /** In its threads, while they judge integrity or authenticity: by the PVA's own account. */
    double judgingPerDevice() {
        return millis(counters.validationCpu().plus(counters.authenticationCpu())) / devices;
    }

    double validationBytes() {
        return (double) air.validation() / devices;
    }

    double bytes() {
        return (double) air.all() / devices;
    }

    double seconds() {
        return wall.toMillis() / 1e3;
    }

    private static double millis(Duration time) {
        return time.toNanos() / 1e6;
    }
}
