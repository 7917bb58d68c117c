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
 * @param pcidDays lifetime of a PCID; one that is near its end is renewed as soon as its device is at work
 * @param mcimByDpf whether the DPF makes MCIMs from the operator's stored rules
 * @param gsup whether visited and operational network ask for vectors over GSUP, as core networks do, instead of HTTP
 * @param change how the subscriber changes to another operator afterwards, if at all
 * @param together which roles share a process
 * @param ivf whether operators ask the IVF in a change, before the PVA
 * @param activation whether the subscriber enters an application server, which telemetry goes to; else to the gateway
 * @param directory where everything is written; absent for one that is removed at the end
 */
public record Options(
        int devices,
        boolean tamper,
        boolean cellular,
        boolean keep,
        PcidWay way,
        int pcidDays,
        boolean mcimByDpf,
        boolean gsup,
        Optional<ChangeWay> change,
        Together together,
        boolean ivf,
        boolean activation,
        Optional<Path> directory) {
    /** As many as the memory of a small machine holds. */
    public static final int DEVICES_MAX = 500;

    /** Lifetime of a PCID that nobody has an eye on: ten years at most, and less than the certificates around it. */
    static final int PCID_DAYS = 365;

    private static final int PCID_DAYS_MAX = 3650;

    /** Devices of this lab renew a PCID so many days before its end. */
    private static final int RENEWED_DAYS_BEFORE = 30;

    public Options {
        if (devices < 1 || devices > DEVICES_MAX) {
            throw new IllegalArgumentException("--devices: " + devices + " is not 1 to " + DEVICES_MAX);
        }
        if (pcidDays < 1 || pcidDays > PCID_DAYS_MAX) {
            throw new IllegalArgumentException("--pcid-days: " + pcidDays + " is not 1 to " + PCID_DAYS_MAX);
        }
    }

    /** Whether devices ask for a new PCID as soon as they are at work. */
    public boolean renews() {
        return cellular && pcidDays < RENEWED_DAYS_BEFORE;
    }

    /** One device over a visited network, its MCIM made by its operator. */
    public static Options simple() {
        return with().make();
    }

    /** As {@link #simple()}, to be changed. */
    public static Builder with() {
        return new Builder();
    }

    /** Begins as {@link #simple()}; see the components of the record. */
    public static final class Builder {
        private int devices = 1;
        private boolean tamper;
        private boolean cellular = true;
        private boolean keep;
        private PcidWay way = PcidWay.ISSUED_BY_CCIF;
        private int pcidDays = PCID_DAYS;
        private boolean mcimByDpf;
        private boolean gsup;
        private Optional<ChangeWay> change = Optional.empty();
        private Together together = Together.apart;
        private boolean ivf = true;
        private boolean activation;
        private Optional<Path> directory = Optional.empty();

        private Builder() {}

        public Builder devices(int wanted) {
            devices = wanted;
            return this;
        }

        public Builder tamper(boolean wanted) {
            tamper = wanted;
            return this;
        }

        public Builder cellular(boolean wanted) {
            cellular = wanted;
            return this;
        }

        public Builder keep(boolean wanted) {
            keep = wanted;
            return this;
        }

        public Builder way(PcidWay wanted) {
            way = wanted;
            return this;
        }

        public Builder pcidDays(int wanted) {
            pcidDays = wanted;
            return this;
        }

        public Builder mcimByDpf(boolean wanted) {
            mcimByDpf = wanted;
            return this;
        }

        public Builder gsup(boolean wanted) {
            gsup = wanted;
            return this;
        }

        public Builder change(Optional<ChangeWay> wanted) {
            change = wanted;
            return this;
        }

        public Builder together(Together wanted) {
            together = wanted;
            return this;
        }

        public Builder ivf(boolean wanted) {
            ivf = wanted;
            return this;
        }

        public Builder activation(boolean wanted) {
            activation = wanted;
            return this;
        }

        public Builder directory(Optional<Path> wanted) {
            directory = wanted;
            return this;
        }

        /** @throws IllegalArgumentException naming the option that is out of its range */
        public Options make() {
            return new Options(
                    devices,
                    tamper,
                    cellular,
                    keep,
                    way,
                    pcidDays,
                    mcimByDpf,
                    gsup,
                    change,
                    together,
                    ivf,
                    activation,
                    directory);
        }
    }
}
