// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal.at;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.m2me.hal.at.AtException.Fault;

/**
 * Speaks AT on one port: one thread owns the port and has one command in flight; another only reads bytes. Commands wait
 * in order in a bounded queue. What comes without being asked goes to listeners on a thread of their own.
 *
 * <p>After a command that was not answered in time, the engine waits until the modem is quiet and makes it answer a
 * question whose answer it knows, before it sends anything else: a late result never ends the next command.
 */
public final class AtEngine implements AutoCloseable {
    /** One read; a UART delivers far less, a socket rarely more. */
    private static final int READ_MAX = 4096;

    private final AtPort port;
    private final AtTiming timing;
    private final AtLog log;
    private final AtInbox<Job<?>> inbox;
    private final AtListeners listeners = new AtListeners();
    private final AtDialogue dialogue;
    private final AtomicBoolean unanswered = new AtomicBoolean();

    /** What waits for the port. */
    private record Job<T>(Work<T> work, CompletableFuture<T> done) {}

    /** What is done on the owner's thread. */
    private interface Work<T> {
        T perform() throws IOException, InterruptedException;
    }

    /** Starts to use a port that is open; {@link #close} closes it. */
    public AtEngine(AtPort port, AtTiming timing, LongSupplier nanoTime, AtLog log) {
        this.port = port;
        this.timing = timing;
        this.log = log;
        this.inbox = new AtInbox<>(nanoTime, timing.queueMax());
        this.dialogue = new AtDialogue(new AtDialogue.Line(port, inbox, listeners, log), timing, nanoTime);
        daemon(this::read, "at-reader").start();
        daemon(this::own, "at-owner").start();
    }

    private static Thread daemon(Runnable work, String name) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }

    /** Sends a command when those before it are done, and waits for its answer. */
    public AtAnswer send(AtCommand command) throws AtException {
        return await(submit(command), command.toString());
    }

    /** Sends a command that the modem may refuse without harm. */
    public void tell(String text) throws AtException {
        AtAnswer unused = send(AtCommand.of(text));
    }

    /** Sends a command when those before it are done. Fails with {@link AtException}. */
    public CompletableFuture<AtAnswer> submit(AtCommand command) {
        return enqueue(() -> dialogue.perform(command));
    }

    /** Waits until the modem is there and answers what it is asked, or the limit is over. */
    public void synchronise(Duration limit) throws AtException {
        perform("synchronisation", () -> dialogue.synchronise(limit));
    }

    /** Types what ends data mode. Whether it helped shows when the modem is synchronised. */
    void leaveDataMode() throws AtException {
        perform("leaving data mode", dialogue::leaveDataMode);
    }

    /** Sends what closes a multiplexer down. Whether it helped shows when the modem is synchronised. */
    void leaveMultiplexer() throws AtException {
        perform("leaving the multiplexer", dialogue::leaveMultiplexer);
    }

    /** Types a reset and expects no answer. */
    void resetByCommand() throws AtException {
        perform("reset", dialogue::resetByCommand);
    }

    /** Whether a command got no answer since this was asked last, or the port is lost. */
    boolean takeTrouble() {
        return unanswered.getAndSet(false) || isLost();
    }

    private interface Step {
        void run() throws IOException, InterruptedException;
    }

    private void perform(String what, Step step) throws AtException {
        boolean unused = await(
                enqueue(() -> {
                    step.run();
                    return true;
                }),
                what);
    }

    /** Takes lines that come unasked. Called on the engine's listener thread, which may send commands. */
    public void onUnsolicited(Consumer<String> listener) {
        listeners.onUnsolicited(listener);
    }

    /** No more lines for this listener. */
    void forget(Consumer<String> listener) {
        listeners.forget(listener);
    }

    public boolean isLost() {
        return inbox.isClosed();
    }

    @Override
    public void close() {
        inbox.close();
        port.close();
    }

    private <T> CompletableFuture<T> enqueue(Work<T> work) {
        Job<T> job = new Job<>(work, new CompletableFuture<>());
        if (!inbox.offer(job)) {
            job.done()
                    .completeExceptionally(
                            inbox.isClosed()
                                    ? portLost()
                                    : new AtException(
                                            Fault.QUEUE_FULL, timing.queueMax() + " commands wait for the modem"));
        }
        return job.done();
    }

    private static AtException portLost() {
        return new AtException(Fault.PORT_LOST, "the modem's port is lost");
    }

    private static <T> T await(CompletableFuture<T> done, String what) throws AtException {
        try {
            return done.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AtException(Fault.TIMED_OUT, what + ": interrupted", e);
        } catch (ExecutionException e) {
            Throwable why = e.getCause();
            throw why instanceof AtException fault
                    ? new AtException(fault.fault(), String.valueOf(fault.getMessage()), fault)
                    : new AtException(Fault.PORT_LOST, what + ": " + why, e);
        }
    }

    /** The reader's thread. */
    private void read() {
        byte[] buffer = new byte[READ_MAX];
        try {
            for (int n = port.read(buffer); n >= 0; n = port.read(buffer)) {
                inbox.put(Arrays.copyOf(buffer, n));
            }
            log.note("port lost");
        } catch (IOException e) {
            log.note("port lost: " + e.getClass().getSimpleName());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        inbox.close();
    }

    /** The owner's thread. */
    private void own() {
        try {
            while (!inbox.isClosed()) {
                inbox.awaitAny();
                inbox.pollReads().forEach(dialogue::pump); // what came before a command is no answer to it
                Job<?> job = inbox.pollJob();
                if (job != null) {
                    perform(job);
                }
            }
            inbox.pollReads().forEach(dialogue::pump);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            inbox.close();
            port.close();
            inbox.drainJobs().forEach(job -> job.done().completeExceptionally(portLost()));
            listeners.close();
        }
    }

    private <T> void perform(Job<T> job) throws InterruptedException {
        try {
            T result = job.work().perform();
            noteTrouble(false);
            job.done().complete(result);
        } catch (AtException e) {
            noteTrouble(e.fault() == Fault.OUT_OF_STEP);
            job.done().completeExceptionally(e);
        } catch (IOException e) {
            inbox.close();
            job.done().completeExceptionally(new AtException(Fault.PORT_LOST, "the modem's port is lost", e));
        } catch (RuntimeException e) {
            dialogue.distrust();
            job.done().completeExceptionally(e);
        }
    }

    /** Before whoever sent the command is told. */
    private void noteTrouble(boolean silent) {
        boolean troubled = dialogue.takeTrouble() || silent;
        unanswered.compareAndSet(false, troubled);
    }
}
