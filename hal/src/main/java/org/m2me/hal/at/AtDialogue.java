// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal.at;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.m2me.hal.at.AtException.Fault;

/**
 * What is typed on a port and what comes back, in turns: nothing is typed while a command runs. Used by the thread alone
 * that owns the port.
 */
final class AtDialogue {
    private static final String CTRL_Z = "\u001a";
    private static final String ESCAPE = "\u001b";

    /** Ends data mode between two silences; V.250 annex, S2 = 43. */
    private static final String LEAVE_DATA = "+++";

    /** Ends a multiplexer: flag, DLCI 0, UIH, close-down command, check sum, flag; TS 27.010 5.4.6.3.3. */
    private static final byte[] LEAVE_MULTIPLEXER = HexFormat.of().parseHex("f903ef05c301f2f9");

    private final AtPort port;
    private final AtTiming timing;
    private final LongSupplier nanoTime;
    private final AtLog log;
    private final AtInbox<?> inbox;
    private final AtListeners listeners;
    private final AtParser parser = new AtParser(new AtParser.Sink() {
        @Override
        public void line(String line) {
            onLine(line);
        }

        @Override
        public void prompt() {
            onPrompt();
        }

        @Override
        public void noise(int length) {
            log.note("noise: " + length + " bytes");
        }
    });

    private @Nullable AtExchange exchange;
    private long runsUntil;
    private AtExchange.Words words = AtExchange.Words.UNKNOWN;
    private List<String> token = List.of();
    private boolean inStep = true;
    private boolean troubled;
    private int silences;
    private int results;

    /** Where bytes come from and go to. */
    record Line(AtPort port, AtInbox<?> inbox, AtListeners listeners, AtLog log) {}

    AtDialogue(Line line, AtTiming timing, LongSupplier nanoTime) {
        this.port = line.port();
        this.inbox = line.inbox();
        this.listeners = line.listeners();
        this.log = line.log();
        this.timing = timing;
        this.nanoTime = nanoTime;
    }

    /** Whether a command got no answer within its limit since this was asked last. */
    boolean takeTrouble() {
        boolean was = troubled;
        troubled = false;
        return was;
    }

    /** What was in progress failed in an unforeseen way: the modem's next words belong to nobody. */
    void distrust() {
        inStep = false;
    }

    /** Types a command once nothing else runs, and waits for its result. */
    AtAnswer perform(AtCommand command) throws IOException, InterruptedException {
        awaitRunning(command.toString(), command.patience());
        if (!inStep && !resynchronise(nanoTime.getAsLong() + everyTry().toNanos())) {
            throw new AtException(Fault.OUT_OF_STEP, command + ": the modem does not answer; not sent");
        }
        AtExchange now = begin(command);
        write(command.text() + "\r");
        long start = nanoTime.getAsLong();
        runsUntil = start + command.limit().toNanos();
        if (!pumpUntilOver(now, Math.min(runsUntil, start + command.patience().toNanos()))) {
            throw inbox.isClosed() || nanoTime.getAsLong() - runsUntil >= 0 ? unanswered(now) : stillRunning(now);
        }
        return concluded(now);
    }

    private Duration everyTry() {
        return timing.sync().plus(timing.drain()).multipliedBy(timing.syncTries() + 1L);
    }

    /** Nobody waits for the command any longer, but the modem may still be at it: nothing may be typed. */
    private AtException stillRunning(AtExchange now) {
        AtCommand command = now.command();
        log.note(command + " still runs; nothing is typed until it ends");
        return new AtException(
                Fault.STILL_RUNNING,
                command + ": no answer in " + command.patience().toMillis() + " ms; it still runs");
    }

    /** Waits for a command that nobody waits for any longer. */
    private void awaitRunning(String next, Duration patience) throws IOException, InterruptedException {
        AtExchange running = exchange;
        if (running == null) {
            return;
        }
        if (pumpUntilOver(running, Math.min(runsUntil, nanoTime.getAsLong() + patience.toNanos()))) {
            AtAnswer unused = concluded(running);
        } else if (inbox.isClosed() || nanoTime.getAsLong() - runsUntil >= 0) {
            log.note(String.valueOf(unanswered(running).getMessage()));
        } else {
            throw new AtException(Fault.STILL_RUNNING, next + ": " + running.command() + " still runs; not sent");
        }
    }

    private boolean pumpUntilOver(AtExchange now, long deadline) throws InterruptedException {
        while (!now.isOver()) {
            byte[] bytes = inbox.takeRead(deadline);
            if (bytes == null) {
                return false;
            }
            pump(bytes);
        }
        return true;
    }

    private AtAnswer concluded(AtExchange over) throws InterruptedException {
        end(over);
        silences = 0;
        settle(timing.gap(), timing.gap());
        return over.answer().orElseThrow();
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
        AtCommand command = now.command();
        if (inbox.isClosed()) {
            return new AtException(Fault.PORT_LOST, "the modem's port is lost during " + command);
        }
        inStep = false;
        troubled = true;
        silences++;
        String message = command + ": no answer in " + command.limit().toMillis() + " ms";
        log.note(message);
        if (silences >= timing.silencesMax()) {
            log.note(silences + " commands in a row were not answered: port given up");
            inbox.close();
        }
        if (command.payload().isPresent()) {
            write(ESCAPE + "\r"); // leaves a prompt that may still be open
        }
        return new AtException(Fault.TIMED_OUT, message);
    }

    /** Asks until the modem answers as it must, or the limit is over. */
    void synchronise(Duration limit) throws IOException, InterruptedException {
        long deadline = nanoTime.getAsLong() + limit.toNanos();
        awaitRunning("synchronisation", limit);
        while (!resynchronise(deadline)) {
            if (inbox.isClosed()) {
                throw new AtException(Fault.PORT_LOST, "the modem's port is lost during synchronisation");
            }
            if (nanoTime.getAsLong() - deadline >= 0) {
                throw new AtException(Fault.OUT_OF_STEP, "the modem did not answer in " + limit.toMillis() + " ms");
            }
        }
        silences = 0;
    }

    /** Out of data mode, if the modem is in it: silence, three plus signs, silence, and hanging up (V.250 6.3.5). */
    void leaveDataMode() throws IOException, InterruptedException {
        awaitRunning("leaving data mode", Duration.ZERO);
        inStep = false;
        typeNothingFor(timing.escapeGuard());
        write(LEAVE_DATA);
        typeNothingFor(timing.escapeGuard());
        write("ATH\r");
        settle(timing.quiet(), timing.drain());
    }

    /** Out of the multiplexer, if a host that was here before left the modem in it. */
    void leaveMultiplexer() throws IOException, InterruptedException {
        awaitRunning("leaving the multiplexer", Duration.ZERO);
        inStep = false;
        write(new String(LEAVE_MULTIPLEXER, StandardCharsets.ISO_8859_1));
        settle(timing.quiet(), timing.drain());
    }

    /** Asks for a reset without expecting an answer: the modem may hear and be unable to speak. */
    void resetByCommand() throws IOException, InterruptedException {
        awaitRunning("reset", Duration.ZERO);
        inStep = false;
        write("AT+CFUN=1,1\r");
        settle(timing.quiet(), timing.drain());
    }

    private void typeNothingFor(Duration guard) throws InterruptedException {
        long end = nanoTime.getAsLong() + guard.toNanos();
        while (nanoTime.getAsLong() - end < 0 && !inbox.isClosed()) {
            pump(inbox.takeRead(end));
        }
    }

    /**
     * Quiet, then a question with a known answer. Modems answer in order: when that answer comes, every earlier one has
     * come. Where the answer is not known yet, the modem must give the same one twice; where it refuses the question,
     * it must refuse twice, each time with exactly one result.
     *
     * @param deadline after which no further question is asked; two are asked in any case
     */
    private boolean resynchronise(long deadline) throws IOException, InterruptedException {
        AtCommand question = AtCommand.of(timing.syncCommand()).within(timing.sync());
        List<String> previous = token;
        boolean refused = false;
        inStep = false;
        for (int i = 0; i <= timing.syncTries() && !inbox.isClosed(); i++) {
            if (i > 1 && nanoTime.getAsLong() - deadline >= 0) {
                break;
            }
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

    void pump(byte @Nullable [] bytes) {
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
        AtExchange last = exchange;
        boolean numeric = (last == null ? words : last.words()) == AtExchange.Words.NUMERIC;
        if (AtResult.of(line).isPresent()
                || (numeric && AtResult.ofNumeric(line).isPresent())) {
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
