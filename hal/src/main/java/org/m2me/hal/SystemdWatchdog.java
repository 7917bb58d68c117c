// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Passes signs of life on to systemd (WatchdogSec=300, NotifyAccess=all). Its socket is a Unix datagram socket, which
 * Java does not have, so systemd's own program sends them; that takes 50 ms, so they are bundled on a thread of their own.
 */
final class SystemdWatchdog implements Watchdog, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(SystemdWatchdog.class.getName());

    /** The longest call without a sign of life is a search for a network, three minutes: with this, some may get lost. */
    static final Duration EVERY = Duration.ofSeconds(20);

    /** The program takes 50 ms; one that hangs is ended before the next. */
    private static final Duration SEND_LIMIT = Duration.ofSeconds(5);

    private final List<String> program;
    private final AtomicBoolean petted = new AtomicBoolean();
    private final ScheduledThreadPoolExecutor thread;

    SystemdWatchdog(List<String> program, Duration every) {
        this.program = program;
        this.thread = new ScheduledThreadPoolExecutor(1, work -> {
            Thread daemon = new Thread(work, "watchdog");
            daemon.setDaemon(true);
            return daemon;
        });
        var unused = thread.scheduleAtFixedRate(this::pass, 0, every.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void pet() {
        petted.set(true);
    }

    private void pass() {
        if (!petted.getAndSet(false)) {
            return;
        }
        List<String> command = new ArrayList<>(program);
        command.add("WATCHDOG=1");
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!process.waitFor(SEND_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                Process unused = process.destroyForcibly();
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "systemd was not told: {0}", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
