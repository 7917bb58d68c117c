// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.ArrayList;
import java.util.List;

/** A case that counts as opened once a file named {@code tamper} lies in a directory: for boards without a switch. */
final class FileTamperInput implements TamperInput, AutoCloseable {
    private static final String NAME = "tamper";

    private final Path file;
    private final WatchService watch;
    private final List<Runnable> listeners = new ArrayList<>();
    private boolean opened;

    FileTamperInput(Path directory) throws IOException {
        this.file = directory.resolve(NAME);
        this.watch = directory.getFileSystem().newWatchService();
        WatchKey unused = directory.register(watch, StandardWatchEventKinds.ENTRY_CREATE);
        Thread thread = new Thread(this::run, "tamper");
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        try {
            look();
            for (WatchKey key = watch.take(); ; key = watch.take()) {
                key.pollEvents().clear();
                look();
                if (!key.reset()) {
                    return;
                }
            }
        } catch (ClosedWatchServiceException e) {
            return; // the board was closed
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() {
        List<Runnable> told;
        synchronized (this) {
            if (opened || !Files.exists(file)) {
                return;
            }
            opened = true;
            told = List.copyOf(listeners);
        }
        told.forEach(Runnable::run);
    }

    @Override
    public boolean isOpened() {
        look();
        synchronized (this) {
            return opened;
        }
    }

    @Override
    public void onOpened(Runnable listener) {
        boolean already;
        synchronized (this) {
            already = opened;
            listeners.add(listener);
        }
        if (already) {
            listener.run();
        }
    }

    @Override
    public void close() {
        try {
            watch.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
