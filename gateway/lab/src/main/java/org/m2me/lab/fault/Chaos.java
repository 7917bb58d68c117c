// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab.fault;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Random faults that a seed decides. What befalls the n-th call of a kind, the n-th datagram of a device or its n-th state
 * depends on the seed and on n alone, not on who was faster: so the same seed harms the same things again.
 */
public final class Chaos implements Faults, AirFaults, ClockFaults {
    /** Of a hundred calls between roles. */
    private static final int CALLS = 12;
    /** Of a hundred datagrams on the air. */
    private static final int DATAGRAMS = 8;
    /** Of a hundred states that a device comes to: there its power is cut. */
    private static final int POWER_CUTS = 8;
    /** Of a hundred states that a device comes to: there its disk gets full. */
    private static final int FULL_DISKS = 5;
    /** Of a hundred times that it is decided: then a clock is set wrong. */
    private static final int WRONG_CLOCKS = 60;
    /** Of a hundred starts of a device: then its clock is wrong. */
    private static final int WRONG_STARTS = 25;
    /** As far as somebody is off who mistakes the date, or a zone and daylight saving together. */
    private static final Duration WRONG_BY = Duration.ofDays(1);
    /** Longer than any one exchange of the procedure, and short enough for several in a storm. */
    private static final int WRONG_SECONDS_MAX = 20;
    /** What a subscriber activates with a wrong clock is for another day, and has to be made again. */
    private static final String SUBSCRIBER = "subscriber.";

    private static final int HUNDRED = 100;
    /** All kinds but {@code LATE}, which takes half a minute: it has half the chance of the others. */
    private static final List<Fault> OF_CALLS = List.of(
            Fault.REQUEST_LOST,
            Fault.REQUEST_LOST,
            Fault.REPLY_LOST,
            Fault.REPLY_LOST,
            Fault.DOUBLED,
            Fault.DOUBLED,
            Fault.OVERTAKEN,
            Fault.OVERTAKEN,
            Fault.KILLED_BEFORE,
            Fault.KILLED_BEFORE,
            Fault.KILLED_AFTER,
            Fault.KILLED_AFTER,
            Fault.WRITE_REFUSED,
            Fault.WRITE_REFUSED,
            Fault.DISK_FULL,
            Fault.DISK_FULL,
            Fault.LATE);

    private static final List<AirFault> OF_DATAGRAMS =
            List.of(AirFault.LOST, AirFault.DOUBLED, AirFault.LATE, AirFault.SWAPPED);

    private final long seed;
    private final boolean disks;
    private final Map<String, AtomicInteger> counters = new ConcurrentHashMap<>();
    private final Map<Fault, AtomicLong> done = new ConcurrentHashMap<>();
    private final AtomicLong datagrams = new AtomicLong();
    private final AtomicLong powerCuts = new AtomicLong();
    private final AtomicLong fullDisks = new AtomicLong();
    private final AtomicLong wrongClocks = new AtomicLong();
    private volatile boolean calm = true;

    /** Harms nothing yet. @param disks whether disks can be filled */
    public Chaos(long seed, boolean disks) {
        this.seed = seed;
        this.disks = disks;
    }

    /** From now on things go wrong. */
    public void rage() {
        calm = false;
    }

    /** From now on nothing goes wrong any more. */
    public void calmDown() {
        calm = true;
    }

    /** No number is used up while it is calm: so the seed counts from the beginning of the storm. */
    private SplittableRandom next(String what) {
        int number =
                counters.computeIfAbsent(what, unused -> new AtomicInteger()).incrementAndGet();
        return new SplittableRandom(seed * 31 + what.hashCode() * 1_000_003L + number);
    }

    /** Whether nothing goes wrong at present. */
    public boolean isCalm() {
        return calm;
    }

    /** One of so many things that the seed decides besides, however calm it is. */
    public int draw(String what, int of) {
        return next(what).nextInt(of);
    }

    @Override
    public Fault at(String role, String call) {
        if (calm || Faults.WATCHING.contains(call)) {
            return Fault.NONE;
        }
        SplittableRandom random = next(role + " " + call);
        if (random.nextInt(HUNDRED) >= CALLS) {
            return Fault.NONE;
        }
        Fault fault = OF_CALLS.get(random.nextInt(OF_CALLS.size()));
        if (fault == Fault.DISK_FULL && !disks) {
            return Fault.NONE;
        }
        done.computeIfAbsent(fault, unused -> new AtomicLong()).incrementAndGet();
        return fault;
    }

    @Override
    public AirFault at(String device, boolean up) {
        if (calm) {
            return AirFault.NONE;
        }
        SplittableRandom random = next(device + (up ? " up" : " down"));
        if (random.nextInt(HUNDRED) >= DATAGRAMS) {
            return AirFault.NONE;
        }
        datagrams.incrementAndGet();
        return OF_DATAGRAMS.get(random.nextInt(OF_DATAGRAMS.size()));
    }

    /** Whether a device that comes to a state loses its power there. @param device its number in the fleet */
    public boolean cutsPower(int device, String state) {
        if (calm) {
            return false;
        }
        boolean cut = next(device + " in " + state).nextInt(HUNDRED) < POWER_CUTS;
        if (cut) {
            powerCuts.incrementAndGet();
        }
        return cut;
    }

    /** Whether the disk of a device that comes to a state gets full. @param device its number in the fleet */
    public boolean fillsDisk(int device, String state) {
        if (calm || !disks) {
            return false;
        }
        boolean full = next(device + " writes in " + state).nextInt(HUNDRED) < FULL_DISKS;
        if (full) {
            fullDisks.incrementAndGet();
        }
        return full;
    }

    @Override
    public Optional<Jump> next(List<String> clocks) {
        if (calm) {
            return Optional.empty();
        }
        SplittableRandom random = next("clocks");
        List<String> wrong =
                clocks.stream().filter(name -> !name.startsWith(SUBSCRIBER)).toList();
        if (wrong.isEmpty() || random.nextInt(HUNDRED) >= WRONG_CLOCKS) {
            return Optional.empty();
        }
        wrongClocks.incrementAndGet();
        return Optional.of(new Jump(
                wrong.get(random.nextInt(wrong.size())),
                wrongBy(random),
                Duration.ofSeconds(1 + random.nextInt(WRONG_SECONDS_MAX))));
    }

    @Override
    public Duration atStart(String device) {
        if (calm) {
            return Duration.ZERO;
        }
        SplittableRandom random = next("start of " + device);
        if (random.nextInt(HUNDRED) >= WRONG_STARTS) {
            return Duration.ZERO;
        }
        wrongClocks.incrementAndGet();
        return wrongBy(random);
    }

    private static Duration wrongBy(SplittableRandom random) {
        return random.nextBoolean() ? WRONG_BY : WRONG_BY.negated();
    }

    /** How often what went wrong so far. */
    public Tally tally() {
        long full = done(Fault.DISK_FULL);
        return new Tally(
                done.values().stream().mapToLong(AtomicLong::get).sum() - full,
                datagrams.get(),
                powerCuts.get(),
                fullDisks.get() + full,
                wrongClocks.get());
    }

    private long done(Fault fault) {
        return Optional.ofNullable(done.get(fault)).map(AtomicLong::get).orElse(0L);
    }

    /**
     * What went wrong.
     *
     * @param calls between roles, a database that refused to write for one of them included
     * @param datagrams on the air
     * @param powerCuts of devices
     * @param fullDisks of roles and devices
     * @param wrongClocks of roles, the gateway and devices
     */
    public record Tally(long calls, long datagrams, long powerCuts, long fullDisks, long wrongClocks) {
        /** Nothing. */
        public static final Tally NONE = new Tally(0, 0, 0, 0, 0);

        /** Both together. */
        public Tally plus(Tally other) {
            return new Tally(
                    calls + other.calls,
                    datagrams + other.datagrams,
                    powerCuts + other.powerCuts,
                    fullDisks + other.fullDisks,
                    wrongClocks + other.wrongClocks);
        }

        @Override
        public String toString() {
            return calls + " calls between roles, " + datagrams + " datagrams, " + powerCuts + " power supplies, "
                    + fullDisks + " disks, " + wrongClocks + " clocks";
        }
    }
}
