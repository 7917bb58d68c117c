// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab;

import java.nio.file.Path;
import java.util.Optional;
import org.m2me.lab.network.Together;
import org.m2me.operators.Supplier.PcidWay;

/**
 * What a person asked the lab for.
 *
 * @param devices how many, side by side
 * @param tamper whether one of them is changed after it left the factory
 * @param cellular whether access is by a visited network, else by a provider that is not 3GPP
 * @param keep whether everything stays up until it is interrupted
 * @param way how PCIDs get into devices and to the CCIF
 * @param mcimByDpf whether the DPF makes MCIMs from the operator's stored rules
 * @param gsup whether visited and operational network ask for vectors over GSUP, as core networks do, instead of HTTP
 * @param change how the subscriber changes to another operator afterwards, if at all
 * @param together which roles share a process
 * @param directory where everything is written; absent for one that is removed at the end
 */
public record Options(
        int devices,
        boolean tamper,
        boolean cellular,
        boolean keep,
        PcidWay way,
        boolean mcimByDpf,
        boolean gsup,
        Optional<ChangeWay> change,
        Together together,
        Optional<Path> directory) {
    /** As many as the memory of a small machine holds. */
    public static final int DEVICES_MAX = 500;

    public Options {
        if (devices < 1 || devices > DEVICES_MAX) {
            throw new IllegalArgumentException("--devices: " + devices + " is not 1 to " + DEVICES_MAX);
        }
    }

    /** One device over a visited network, its MCIM made by its operator. */
    public static Options simple() {
        return new Options(
                1,
                false,
                true,
                false,
                PcidWay.ISSUED_BY_CCIF,
                false,
                false,
                Optional.empty(),
                Together.apart,
                Optional.empty());
    }
}
