// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A signal ends the agent the way it would end by itself: off the network, store closed. An agent that has ended by
 * itself is not waited for.
 */
final class StopOnSignal {
    private static final Duration LIMIT = Duration.ofSeconds(5); // to leave the network and close the store

    private final Thread running;
    private final CountDownLatch over = new CountDownLatch(1);

    /** @param running interrupted when the time has come */
    StopOnSignal(Thread running) {
        this.running = running;
    }

    static StopOnSignal installed(Thread running) {
        StopOnSignal signal = new StopOnSignal(running);
        Runtime.getRuntime().addShutdownHook(new Thread(signal::stop, "stop"));
        return signal;
    }

    /** The agent is off the network, and its store closed. */
    void ended() {
        over.countDown();
    }

    /** Also called when the program ends by itself: then its thread waits for this one, and would do so to the limit. */
    void stop() {
        if (over.getCount() == 0) {
            return;
        }
        running.interrupt();
        try {
            boolean unused = over.await(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
        }
    }
}
