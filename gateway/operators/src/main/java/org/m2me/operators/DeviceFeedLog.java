// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.DeviceFeed;

/**
 * For whom a role has new mail, in the order it came: what {@link DeviceService#feed} answers from. Kept in memory, for a
 * feed is a hint; a role that starts puts in those for whom mail waits in its database.
 */
public final class DeviceFeedLog {
    /** One answer of the protocol's size. */
    private static final int ANSWER_MAX = 1_000;

    /** About 2 MB. Older ones than these ask for their mail by themselves before anybody reads so far. */
    private static final int DEVICES_MAX = 10_000;

    /** The caller's connection stays occupied meanwhile, and is thought dead after about twice this. */
    private static final Duration WAIT_MAX = Duration.ofSeconds(30);

    private final Map<Ueid, Long> newest = new LinkedHashMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition more = lock.newCondition();
    private long latest;

    /**
     * A log that begins later than any before it ended, so that who read an earlier one reads on here and misses nothing.
     *
     * @param waiting devices for whom mail waits
     */
    public DeviceFeedLog(Clock clock, Collection<Ueid> waiting) {
        latest = TimeUnit.MILLISECONDS.toMicros(clock.millis());
        waiting.forEach(this::announce);
    }

    /** Mail for this device can be fetched: to be called after the transaction that put it there. */
    public void announce(Ueid device) {
        lock.lock();
        try {
            latest++;
            newest.remove(device);
            newest.put(device, latest);
            if (newest.size() > DEVICES_MAX) {
                Iterator<Ueid> oldest = newest.keySet().iterator();
                oldest.next();
                oldest.remove();
            }
            more.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** See {@link DeviceService#feed}. A number that no log gave yet is answered like the first question. */
    public DeviceFeed feed(long after, Duration wait) throws InterruptedException {
        lock.lock();
        try {
            long left = wait.compareTo(WAIT_MAX) < 0 ? wait.toNanos() : WAIT_MAX.toNanos();
            while (after == latest && left > 0) {
                left = more.awaitNanos(left);
            }
            return after > latest ? since(0) : since(after);
        } finally {
            lock.unlock();
        }
    }

    private DeviceFeed since(long after) {
        List<Ueid> devices = new ArrayList<>();
        for (Map.Entry<Ueid, Long> entry : newest.entrySet()) {
            if (entry.getValue() > after) {
                devices.add(entry.getKey());
                if (devices.size() == ANSWER_MAX) {
                    return new DeviceFeed(entry.getValue(), devices);
                }
            }
        }
        return new DeviceFeed(latest, devices);
    }
}
