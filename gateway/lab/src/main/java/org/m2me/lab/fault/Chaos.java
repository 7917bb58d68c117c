// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab.fault;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Random faults that a seed decides. What befalls the n-th call of a kind, the n-th datagram of a device or its n-th state
 * depends on the seed and on n alone, not on who was faster: so the same seed harms the same things again.
 */
public final class Chaos implements Faults, AirFaults {
    /** Of a hundred calls between roles. */
    private static final int CALLS = 12;
    /** Of a hundred datagrams on the air. */
    private static final int DATAGRAMS = 8;
    /** Of a hundred states that a device comes to: there its power is cut. */
    private static final int POWER_CUTS = 8;

    private static final int HUNDRED = 100;
    /** By these the console looks at what goes on. */
    private static final Set<String> WATCHING =
            Set.of("subscriber.telemetry", "sho.registrations", "sho.holds", "sho.lift");

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
            Fault.LATE);

    private static final List<AirFault> OF_DATAGRAMS =
            List.of(AirFault.LOST, AirFault.DOUBLED, AirFault.LATE, AirFault.SWAPPED);

    private final long seed;
    private final Map<String, AtomicInteger> counters = new ConcurrentHashMap<>();
    private final Map<Fault, AtomicLong> done = new ConcurrentHashMap<>();
    private final AtomicLong datagrams = new AtomicLong();
    private final AtomicLong powerCuts = new AtomicLong();
    private volatile boolean calm = true;

    /** Harms nothing yet. */
    public Chaos(long seed) {
        this.seed = seed;
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

    @Override
    public Fault at(String role, String call) {
        if (calm || WATCHING.contains(call)) {
            return Fault.NONE;
        }
        SplittableRandom random = next(role + " " + call);
        if (random.nextInt(HUNDRED) >= CALLS) {
            return Fault.NONE;
        }
        Fault fault = OF_CALLS.get(random.nextInt(OF_CALLS.size()));
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

    /** How often what went wrong so far. */
    public Tally tally() {
        return new Tally(done.values().stream().mapToLong(AtomicLong::get).sum(), datagrams.get(), powerCuts.get());
    }

    /** What went wrong: calls between roles, datagrams on the air, power cuts of devices. */
    public record Tally(long calls, long datagrams, long powerCuts) {
        /** Both together. */
        public Tally plus(Tally other) {
            return new Tally(calls + other.calls, datagrams + other.datagrams, powerCuts + other.powerCuts);
        }
    }
}
