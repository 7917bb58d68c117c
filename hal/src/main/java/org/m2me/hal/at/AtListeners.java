// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal.at;

import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Calls those who want to know what comes unasked, on a thread of its own, so that they may take their time. */
final class AtListeners {
    private static final System.Logger LOG = System.getLogger(AtListeners.class.getName());

    /** Lines that may wait for slow listeners. Then the oldest is dropped: the newest state is worth more. */
    private static final int WAITING_MAX = 256;

    private final List<Consumer<String>> unsolicited = new CopyOnWriteArrayList<>();
    private final ExecutorService thread = new ThreadPoolExecutor(
            0,
            1,
            1,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(WAITING_MAX),
            work -> {
                Thread listener = new Thread(work, "at-listeners");
                listener.setDaemon(true);
                return listener;
            },
            new ThreadPoolExecutor.DiscardOldestPolicy());

    void onUnsolicited(Consumer<String> listener) {
        unsolicited.add(listener);
    }

    void forget(Consumer<String> listener) {
        unsolicited.remove(listener);
    }

    void unsolicited(String line) {
        unsolicited.forEach(listener -> thread.execute(() -> guarded(() -> listener.accept(line))));
    }

    /** What waits is still told. */
    void close() {
        thread.shutdown();
    }

    private static void guarded(Runnable listener) {
        try {
            listener.run();
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "a listener failed", e);
        }
    }
}
