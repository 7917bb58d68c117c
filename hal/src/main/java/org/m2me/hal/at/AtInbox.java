// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal.at;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Where the owner of a port waits: for bytes, for work, or until a time. */
final class AtInbox<J> {
    /** Reads that may wait for the owner; then the reader waits, and with it the sender. */
    private static final int READS_MAX = 64;

    private static final long MILLI = 1_000_000;

    private final LongSupplier nanoTime;
    private final int jobsMax;
    private final Deque<byte[]> reads = new ArrayDeque<>();
    private final Deque<J> jobs = new ArrayDeque<>();
    private boolean closed;

    AtInbox(LongSupplier nanoTime, int jobsMax) {
        this.nanoTime = nanoTime;
        this.jobsMax = jobsMax;
    }

    /** False if too much waits already, or the inbox is closed. */
    synchronized boolean offer(J job) {
        if (closed || jobs.size() >= jobsMax) {
            return false;
        }
        jobs.add(job);
        notifyAll();
        return true;
    }

    synchronized void put(byte[] read) throws InterruptedException {
        while (reads.size() >= READS_MAX && !closed) {
            wait();
        }
        reads.add(read);
        notifyAll();
    }

    /** Bytes already there can still be taken. */
    synchronized void close() {
        closed = true;
        notifyAll();
    }

    synchronized boolean isClosed() {
        return closed;
    }

    /** The next bytes; null when the time is over, or the inbox is closed and empty. */
    synchronized byte @Nullable [] takeRead(long deadline) throws InterruptedException {
        while (reads.isEmpty() && !closed) {
            long left = deadline - nanoTime.getAsLong();
            if (left <= 0) {
                return null;
            }
            wait(left / MILLI, (int) (left % MILLI));
        }
        byte[] read = reads.poll();
        notifyAll();
        return read;
    }

    /** Waits until there are bytes or work. */
    synchronized void awaitAny() throws InterruptedException {
        while (reads.isEmpty() && jobs.isEmpty() && !closed) {
            wait();
        }
    }

    /** All bytes that are there. */
    synchronized List<byte[]> pollReads() {
        List<byte[]> all = new ArrayList<>(reads);
        reads.clear();
        notifyAll();
        return all;
    }

    synchronized @Nullable J pollJob() {
        return jobs.poll();
    }

    /** Takes all work that will not be done. */
    synchronized List<J> drainJobs() {
        List<J> rest = new ArrayList<>(jobs);
        jobs.clear();
        return rest;
    }
}
