// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators;

import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Procedure;

/**
 * Campaigns at the new operator: a whole fleet changes to it, in waves and no faster than everybody who has a part in it
 * can take. The owner agrees to a campaign beforehand ({@link Subscriber#agree}); each order is the owner's own.
 */
public interface Campaigns {
    /** Devices of one campaign: its plan is then about 4 MB. */
    int DEVICES_MAX = 100_000;

    /** Devices in one answer about them: some 200 kB. */
    int ROWS_MAX = 1_000;

    /** How a campaign is. */
    enum State {
        RUNNING,
        /** Nothing is ordered until somebody resumes it; what was ordered goes on. */
        PAUSED,
        /** As paused, because too many devices failed. */
        STOPPED,
        /** For good: what was not ordered never is. */
        CANCELLED,
        /** Every device has an outcome; one that falls back later is counted as that all the same. */
        ENDED
    }

    /** How a device of a campaign is. */
    enum Outcome {
        WAITING,
        ORDERED,
        DONE,
        FAILED,
        /** Arrived, and left by itself later, for the subscription did not work: a failure, also when it had been counted as done. */
        FELL_BACK,
        /** Was not heard of within its time: counted, not waited for. It still does what was ordered when it comes back. */
        OFFLINE,
        /** The campaign was cancelled before it was ordered. */
        CANCELLED
    }

    /**
     * How fast and how long. The last three protect those whom all of an operator's campaigns share: a campaign orders while
     * what all of them do is below its own limit.
     *
     * @param wave devices of a wave; the next one begins when each of this one has an outcome
     * @param failuresPercent share of devices that failed or fell back, among those with an outcome, at which the campaign stops; 0 to 100
     * @param deviceSeconds how long a device may take from its order on, 60 to 2,592,000 (30 days)
     * @param tries orders to one device, 1 to 10: another one only after a failure, and a minute later
     * @param underWay devices that are ordered and have no outcome yet, at most
     * @param startsPerMinute orders a minute, for the DPF's and the network's sake
     * @param validationsPerMinute of these, to devices that the IVF has no result for, for the PVA's sake; also how many are
     *     validated a minute that are found to need it later. At least 1, or such a device would never be ordered
     */
    record Limits(
            int wave,
            int failuresPercent,
            int deviceSeconds,
            int tries,
            int underWay,
            int startsPerMinute,
            int validationsPerMinute) {
        /** A minute is the least that a device which reports now and then can be expected to answer in. */
        public static final int DEVICE_SECONDS_MIN = 60;
        /** 30 days. */
        public static final int DEVICE_SECONDS_MAX = 30 * 86_400;
        /** Who fails so often needs a person. */
        public static final int TRIES_MAX = 10;

        /** @throws IllegalArgumentException naming the limit that is out of its range */
        public Limits {
            check("wave", wave, 1, DEVICES_MAX);
            check("failuresPercent", failuresPercent, 0, 100);
            check("deviceSeconds", deviceSeconds, DEVICE_SECONDS_MIN, DEVICE_SECONDS_MAX);
            check("tries", tries, 1, TRIES_MAX);
            check("underWay", underWay, 1, DEVICES_MAX);
            check("startsPerMinute", startsPerMinute, 1, DEVICES_MAX);
            check("validationsPerMinute", validationsPerMinute, 1, DEVICES_MAX);
        }

        private static void check(String name, int value, int least, int most) {
            if (value < least || value > most) {
                throw new IllegalArgumentException(
                        "limits: " + name + " is " + value + ", wants " + least + " to " + most);
            }
        }
    }

    /**
     * A maintenance window, each day, UTC; over midnight when it ends before it begins.
     *
     * @param fromMinute minute of the day, 0 to 1439
     * @param untilMinute the first minute that is not in it
     */
    record Window(int fromMinute, int untilMinute) {
        private static final int DAY = 1440;

        /** @throws IllegalArgumentException if it is none */
        public Window {
            if (fromMinute < 0
                    || fromMinute >= DAY
                    || untilMinute < 0
                    || untilMinute >= DAY
                    || fromMinute == untilMinute) {
                throw new IllegalArgumentException(
                        "window: from minute " + fromMinute + " until " + untilMinute + ", wants two of 0 to 1439");
            }
        }

        /** Whether this minute of the day is in it. */
        public boolean contains(int minute) {
            return fromMinute < untilMinute
                    ? minute >= fromMinute && minute < untilMinute
                    : minute >= fromMinute || minute < untilMinute;
        }
    }

    /**
     * A campaign as it is wanted.
     *
     * @param name 1 to 64 letters, digits, dots, hyphens and underscores
     * @param subscriber the owner, as in the contracts
     * @param devices 1 to {@link #DEVICES_MAX}, each once
     */
    record Plan(
            String name,
            String subscriber,
            Procedure procedure,
            List<Ueid> devices,
            Limits limits,
            Optional<Window> window) {
        /** @throws IllegalArgumentException naming what is wrong with it */
        public Plan {
            devices = List.copyOf(devices);
            if (!name.matches("[A-Za-z0-9._-]{1,64}")) {
                throw new IllegalArgumentException(
                        "campaign: name of " + name.length() + " characters, wants 1 to 64 of A-Z a-z 0-9 . _ -");
            }
            if (procedure == Procedure.INITIAL || procedure == Procedure.SWITCH) {
                throw new IllegalArgumentException(
                        "campaign " + name + ": " + procedure + " brings no device to an operator");
            }
            if (devices.isEmpty() || devices.size() > DEVICES_MAX) {
                throw new IllegalArgumentException(
                        "campaign " + name + ": " + devices.size() + " devices, wants 1 to " + DEVICES_MAX);
            }
            if (new HashSet<>(devices).size() != devices.size()) {
                throw new IllegalArgumentException("campaign " + name + ": a device is in it twice");
            }
        }
    }

    /**
     * How a campaign stands.
     *
     * @param wave the current one, from 1
     * @param outcomes how many devices of each {@link Outcome}
     * @param reason why it is not running, else empty
     */
    record Status(
            String name, State state, int wave, int waves, List<Count> outcomes, String reason, Instant created) {}

    /**
     * One device of a campaign.
     *
     * @param code why it failed, else OK
     * @param tries orders so far
     * @param ended when it got its outcome; of one that fell back, when its operator heard of that
     */
    record Row(
            Ueid device,
            int wave,
            Outcome outcome,
            ResultCode code,
            int tries,
            Optional<Instant> ordered,
            Optional<Instant> ended) {}

    /**
     * What the IVF would answer now, by {@code Ivf.Standing}: all but VALID would need the PVA, and those whose firmware is newer
     * than the IVF has heard of, which only the devices can say. Nothing is changed.
     */
    @AllowedTo("console")
    @SizeMax(Subscriber.AGREEMENT_SIZE_MAX)
    List<Count> forecast(Plan plan) throws Refused;

    /** Begins a campaign. The same plan again: no second effect. @throws Refused FORBIDDEN for another plan of that name */
    @AllowedTo("console")
    @SizeMax(Subscriber.AGREEMENT_SIZE_MAX)
    void begin(Plan plan) throws Refused;

    /** All campaigns, the newest first, at most 100. */
    @AllowedTo("console")
    List<Status> campaigns() throws Refused;

    /** @throws Refused NOT_FOUND */
    @AllowedTo("console")
    Status status(String name) throws Refused;

    /** @throws Refused NOT_FOUND; FORBIDDEN when it is over */
    @AllowedTo("console")
    void pause(String name) throws Refused;

    /** Also one that stopped: failures so far no longer count against it. @throws Refused as {@link #pause} */
    @AllowedTo("console")
    void resume(String name) throws Refused;

    /** For good. @throws Refused NOT_FOUND */
    @AllowedTo("console")
    void cancel(String name) throws Refused;

    /** The devices in the order of the plan, at most {@link #ROWS_MAX}. @param after how many to skip @throws Refused NOT_FOUND */
    @AllowedTo("console")
    List<Row> rows(String name, int after) throws Refused;
}
