// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal.at;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
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

    private static final String CTRL_Z = "\u001a";
    private static final String ESCAPE = "\u001b";

    private final AtPort port;
    private final AtTiming timing;
    private final LongSupplier nanoTime;
    private final AtLog log;
    private final AtInbox<Job> inbox;
    private final AtListeners listeners = new AtListeners();
    private final AtParser parser = new AtParser(new AtParser.Sink() {
        @Override
        public void line(String line) {
            onLine(line);
        }

        @Override
        public void prompt() {
            onPrompt();
        }
    });

    // Of the owner's thread alone:
    private @Nullable AtExchange exchange;
    private AtExchange.Words words = AtExchange.Words.UNKNOWN;
    private List<String> token = List.of();
    private boolean inStep = true;
    private int silences;
    private int results;

    /** A command that waits, or the wish to be brought in step. */
    private record Job(@Nullable AtCommand command, Duration limit, CompletableFuture<AtAnswer> answer) {}

    /** Starts to use a port that is open; {@link #close} closes it. */
    public AtEngine(AtPort port, AtTiming timing, LongSupplier nanoTime, AtLog log) {
        this.port = port;
        this.timing = timing;
        this.nanoTime = nanoTime;
        this.log = log;
        this.inbox = new AtInbox<>(nanoTime, timing.queueMax());
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
        return enqueue(new Job(command, command.limit(), new CompletableFuture<>()));
    }

    /** Waits until the modem is there and answers what it is asked, or the limit is over. */
    public void synchronise(Duration limit) throws AtException {
        AtAnswer unused = await(enqueue(new Job(null, limit, new CompletableFuture<>())), "synchronisation");
    }

    /** Takes lines that come unasked. Called on the engine's listener thread, which may send commands. */
    public void onUnsolicited(Consumer<String> listener) {
        listeners.onUnsolicited(listener);
    }

    /** Called once when the port is lost or closed, at once if it already is. */
    public void onLost(Runnable listener) {
        listeners.onLost(listener);
    }

    public boolean isLost() {
        return inbox.isClosed();
    }

    @Override
    public void close() {
        inbox.close();
        port.close();
    }

    private CompletableFuture<AtAnswer> enqueue(Job job) {
        if (!inbox.offer(job)) {
            job.answer()
                    .completeExceptionally(
                            inbox.isClosed()
                                    ? new AtException(Fault.PORT_LOST, "the modem's port is lost")
                                    : new AtException(
                                            Fault.QUEUE_FULL, timing.queueMax() + " commands wait for the modem"));
        }
        return job.answer();
    }

    private static AtAnswer await(CompletableFuture<AtAnswer> answer, String what) throws AtException {
        try {
            return answer.get();
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
                pump(inbox.pollRead());
                Job job = inbox.pollJob();
                if (job != null) {
                    perform(job);
                }
            }
            for (byte[] rest = inbox.pollRead(); rest != null; rest = inbox.pollRead()) {
                pump(rest);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            inbox.close();
            port.close();
            inbox.drainJobs()
                    .forEach(job -> job.answer()
                            .completeExceptionally(new AtException(Fault.PORT_LOST, "the modem's port is lost")));
            listeners.lost();
        }
    }

    private void perform(Job job) throws InterruptedException {
        AtCommand command = job.command();
        try {
            if (command == null) {
                synchroniseWithin(job.limit());
                job.answer().complete(new AtAnswer(List.of(), new AtResult(AtResult.Kind.OK, -1, "OK")));
                return;
            }
            if (!inStep && !resynchronise()) {
                throw new AtException(Fault.OUT_OF_STEP, command + ": the modem does not answer; not sent");
            }
            job.answer().complete(exchange(command));
        } catch (AtException e) {
            job.answer().completeExceptionally(e);
        } catch (IOException e) {
            inbox.close();
            job.answer().completeExceptionally(new AtException(Fault.PORT_LOST, "the modem's port is lost", e));
        } catch (RuntimeException e) {
            inStep = false;
            job.answer().completeExceptionally(e);
        }
    }

    private AtAnswer exchange(AtCommand command) throws IOException, InterruptedException {
        AtExchange now = begin(command);
        write(command.text() + "\r");
        long deadline = nanoTime.getAsLong() + command.limit().toNanos();
        while (!now.isOver()) {
            byte[] bytes = inbox.takeRead(deadline);
            if (bytes == null) {
                throw unanswered(now);
            }
            pump(bytes);
        }
        end(now);
        silences = 0;
        settle(timing.gap(), timing.gap());
        return now.answer().orElseThrow();
    }

    private AtExchange begin(AtCommand command) {
        AtExchange now = new AtExchange(command, words);
        parser.expect(command.payload().isPresent(), command.counted().orElse(null));
        exchange = now;
        return now;
    }

    private void end(AtExchange over) {
        words = over.words();
        exchange = null;
        parser.expect(false, null);
    }

    private AtException unanswered(AtExchange now) throws IOException {
        end(now);
        if (inbox.isClosed()) {
            return new AtException(Fault.PORT_LOST, "the modem's port is lost during " + now.command());
        }
        inStep = false;
        silences++;
        log.note(
                "no answer to " + now.command() + " in " + now.command().limit().toMillis() + " ms");
        if (silences >= timing.silencesMax()) {
            log.note(silences + " commands in a row were not answered: port given up");
            inbox.close();
        }
        if (now.command().payload().isPresent()) {
            write(ESCAPE + "\r"); // leaves a prompt that may still be open
        }
        return new AtException(
                Fault.TIMED_OUT,
                now.command() + ": no answer in " + now.command().limit().toMillis() + " ms");
    }

    private void synchroniseWithin(Duration limit) throws IOException, InterruptedException {
        long deadline = nanoTime.getAsLong() + limit.toNanos();
        while (!resynchronise()) {
            if (inbox.isClosed()) {
                throw new AtException(Fault.PORT_LOST, "the modem's port is lost during synchronisation");
            }
            if (nanoTime.getAsLong() - deadline >= 0) {
                throw new AtException(Fault.OUT_OF_STEP, "the modem did not answer in " + limit.toMillis() + " ms");
            }
        }
        silences = 0;
    }

    /**
     * Quiet, then a question with a known answer. Modems answer in order: when that answer comes, every earlier one has
     * come. Where the answer is not known yet, the modem must give the same one twice; where it refuses the question,
     * it must refuse twice, each time with exactly one result.
     */
    private boolean resynchronise() throws IOException, InterruptedException {
        AtCommand question = AtCommand.of(timing.syncCommand()).within(timing.sync());
        List<String> previous = token;
        boolean refused = false;
        inStep = false;
        for (int i = 0; i <= timing.syncTries() && !inbox.isClosed(); i++) {
            parser.reset();
            settle(timing.quiet(), timing.drain());
            List<String> said = ask(question, token);
            if (!said.isEmpty() && said.equals(previous)) {
                token = said;
                inStep = true;
            } else if (said.isEmpty() && results == 1 && token.isEmpty()) {
                inStep = refused;
                refused = true;
            }
            if (inStep) {
                settle(timing.quiet(), timing.drain());
                log.note("in step");
                return true;
            }
            previous = said.isEmpty() ? previous : said;
        }
        log.note("out of step");
        return false;
    }

    /** The question's information lines once its result came, too; empty if they did not come in time. */
    private List<String> ask(AtCommand question, List<String> expected) throws IOException, InterruptedException {
        results = 0;
        AtExchange now = begin(question);
        write(question.text() + "\r");
        long deadline = nanoTime.getAsLong() + question.limit().toNanos();
        while (true) {
            List<String> said = now.lines();
            boolean answered = !said.isEmpty() && (expected.isEmpty() || said.equals(expected));
            if (now.isOver() && answered) {
                end(now);
                return said;
            }
            if (now.isOver()) {
                now = begin(question); // that result belonged to something earlier
            }
            byte[] bytes = inbox.takeRead(deadline);
            if (bytes == null) {
                end(now);
                return List.of();
            }
            pump(bytes);
        }
    }

    /** Takes what comes until nothing came for a while; results in it belong to nobody. */
    private void settle(Duration quiet, Duration atMost) throws InterruptedException {
        long end = nanoTime.getAsLong() + atMost.toNanos();
        byte[] bytes;
        do {
            long now = nanoTime.getAsLong();
            bytes = inbox.takeRead(now + Math.min(quiet.toNanos(), end - now));
            pump(bytes);
        } while (bytes != null && nanoTime.getAsLong() - end < 0);
    }

    private void pump(byte @Nullable [] bytes) {
        if (bytes != null) {
            log.received(bytes);
            parser.feed(bytes);
        }
    }

    private void write(String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        log.sent(bytes);
        port.write(bytes);
    }

    private void onLine(String line) {
        AtExchange now = exchange;
        if (now == null || now.isOver()) {
            unasked(line);
            return;
        }
        switch (now.take(line)) {
            case RESULT -> results++;
            case UNSOLICITED, ANSWER_AND_STATE -> listeners.unsolicited(line);
            case ECHO, ANSWER -> {}
        }
    }

    private void unasked(String line) {
        if (AtResult.of(line).isPresent()) {
            results++;
            log.note("result that belongs to no command");
        } else {
            listeners.unsolicited(line);
        }
    }

    private void onPrompt() {
        AtExchange now = exchange;
        if (now == null) {
            return;
        }
        try {
            write(now.command().payload().orElse("") + CTRL_Z);
        } catch (IOException e) {
            log.note("port lost: " + e.getClass().getSimpleName());
            inbox.close();
        }
    }
}
