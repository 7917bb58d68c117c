// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal.at;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.m2me.hal.at.AtException.Fault;

class AtEngineTest {
    private static final String OK = "\r\nOK\r\n";
    private static final Duration SHORT = Duration.ofMillis(60);

    /** For modems that leave the question for their model unanswered. */
    private static final AtTiming SILENT = new AtTiming(
            AtTranscriptTest.QUICK.gap(),
            AtTranscriptTest.QUICK.quiet(),
            AtTranscriptTest.QUICK.drain(),
            Duration.ofMillis(300),
            AtTranscriptTest.QUICK.syncTries(),
            AtTranscriptTest.QUICK.syncCommand(),
            AtTranscriptTest.QUICK.queueMax(),
            AtTranscriptTest.QUICK.escapeGuard(),
            AtTranscriptTest.QUICK.silencesMax());

    private final List<String> log = new ArrayList<>();
    private AutoCloseable opened = () -> {};

    @AfterEach
    void closeEngine() throws Exception {
        opened.close();
    }

    private AtEngine engine(AtPort port) {
        return engine(port, AtTranscriptTest.QUICK);
    }

    private AtEngine engine(AtPort port, AtTiming timing) {
        AtEngine engine = new AtEngine(port, timing, System::nanoTime, new AtLog(log::add, System::nanoTime));
        opened = engine;
        return engine;
    }

    private static ReplayedModem modem(Function<String, String> answers) throws Exception {
        return new ReplayedModem(1, answers);
    }

    private static Fault faultOf(CompletableFuture<AtAnswer> answer) throws Exception {
        try {
            AtAnswer unexpected = answer.get(30, TimeUnit.SECONDS);
            throw new AssertionError("answered: " + unexpected);
        } catch (ExecutionException e) {
            assertThat(e).hasCauseInstanceOf(AtException.class);
            return e.getCause() instanceof AtException known ? known.fault() : Fault.PORT_LOST;
        }
    }

    @Test
    void aLateResultNeverEndsTheNextCommand() throws Exception {
        ReplayedModem modem = modem(line -> switch (line) {
            case "AT+COPS?" -> ""; // answered late, below
            case "AT+CGMM" -> "\r\n+COPS: 0,2,\"26201\",2\r\n\r\nOK\r\n\r\nModel\r\n\r\nOK\r\n";
            case "AT+CSQ" -> "\r\n+CSQ: 9,99\r\n" + OK;
            default -> OK;
        });
        AtEngine engine = engine(modem);

        assertThat(faultOf(engine.submit(AtCommand.of("AT+COPS?").within(SHORT))))
                .isEqualTo(Fault.TIMED_OUT);
        AtAnswer signal = engine.send(AtCommand.of("AT+CSQ"));

        assertThat(signal.lines()).containsExactly("+CSQ: 9,99");
        assertThat(modem.commands()).startsWith("AT+COPS?", "AT+CGMM").endsWith("AT+CSQ");
    }

    @Test
    void aLateResultIsNotMistakenForTheOneOfASynchronisation() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        ReplayedModem modem = modem(line -> switch (line) {
            case "AT+CGMM" -> asked.incrementAndGet() == 3 ? OK : "\r\nModel\r\n" + OK;
            case "AT+SLOW" -> "";
            default -> OK;
        });
        AtEngine engine = engine(modem);
        engine.synchronise(Duration.ofSeconds(20)); // twice the same answer: learnt

        assertThat(faultOf(engine.submit(AtCommand.of("AT+SLOW").within(SHORT))))
                .isEqualTo(Fault.TIMED_OUT);
        assertThat(engine.send(AtCommand.of("AT+X")).isOk()).isTrue();

        assertThat(modem.commands()).containsExactly("AT+CGMM", "AT+CGMM", "AT+SLOW", "AT+CGMM", "AT+CGMM", "AT+X");
    }

    @Test
    void sendsNothingToAModemThatIsOutOfStep() throws Exception {
        ReplayedModem modem = modem(line -> "");
        AtEngine engine = engine(modem, SILENT);

        assertThat(faultOf(engine.submit(AtCommand.of("AT+A").within(SHORT)))).isEqualTo(Fault.TIMED_OUT);
        assertThat(faultOf(engine.submit(AtCommand.of("AT+B")))).isEqualTo(Fault.OUT_OF_STEP);

        assertThat(modem.commands()).doesNotContain("AT+B");
    }

    @Test
    void synchronisesWithAModemThatKnowsNoModelName() throws Exception {
        AtEngine engine = engine(modem(line -> "\r\nERROR\r\n"), SILENT);

        engine.synchronise(Duration.ofSeconds(20));

        assertThat(engine.send(AtCommand.of("AT")).result().kind()).isEqualTo(AtResult.Kind.ERROR);
    }

    @Test
    void waitsForAModemThatIsStillStarting() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        AtEngine engine =
                engine(modem(line -> asked.incrementAndGet() < 3 ? "" : "\r\nRDY\r\n\r\nModel\r\n" + OK), SILENT);

        engine.synchronise(Duration.ofSeconds(30));

        assertThat(asked.get()).isGreaterThanOrEqualTo(4);
    }

    @Test
    void hasOneCommandInFlightAndTheOthersInOrder() throws Exception {
        CountDownLatch first = new CountDownLatch(1);
        ReplayedModem modem = modem(line -> {
            first.countDown();
            return line.equals("AT+FIRST") ? "" : OK;
        });
        AtEngine engine = engine(modem);
        var one = engine.submit(AtCommand.of("AT+FIRST"));
        assertThat(first.await(30, TimeUnit.SECONDS)).isTrue();
        var two = engine.submit(AtCommand.of("AT+SECOND"));
        var three = engine.submit(AtCommand.of("AT+THIRD"));

        assertThat(modem.commands()).containsExactly("AT+FIRST");
        modem.say(OK);

        assertThat(three.get(30, TimeUnit.SECONDS).isOk()).isTrue();
        assertThat(one).isCompleted();
        assertThat(two).isCompleted();
        assertThat(modem.commands()).containsExactly("AT+FIRST", "AT+SECOND", "AT+THIRD");
    }

    @Test
    void refusesMoreCommandsThanMayWait() throws Exception {
        CountDownLatch first = new CountDownLatch(1);
        AtEngine engine = engine(modem(line -> {
            first.countDown();
            return "";
        }));
        var inFlight = engine.submit(AtCommand.of("AT+FIRST"));
        assertThat(first.await(30, TimeUnit.SECONDS)).isTrue();
        List<CompletableFuture<AtAnswer>> waiting = new ArrayList<>();
        for (int i = 0; i < AtTranscriptTest.QUICK.queueMax(); i++) {
            waiting.add(engine.submit(AtCommand.of("AT+W")));
        }

        assertThat(faultOf(engine.submit(AtCommand.of("AT+ONEMORE")))).isEqualTo(Fault.QUEUE_FULL);
        assertThat(waiting).noneMatch(CompletableFuture::isDone);
        assertThat(inFlight).isNotDone();
    }

    @Test
    void typesNothingWhileACommandRunsThatNobodyWaitsForAnyLonger() throws Exception {
        ReplayedModem modem = modem(line -> line.equals("AT+COPS=0") ? "" : OK);
        AtEngine engine = engine(modem);

        assertThat(faultOf(engine.submit(AtCommand.of("AT+COPS=0").waitedFor(SHORT))))
                .isEqualTo(Fault.STILL_RUNNING);
        assertThat(faultOf(engine.submit(AtCommand.of("AT+CSQ").waitedFor(SHORT))))
                .isEqualTo(Fault.STILL_RUNNING);
        assertThatThrownBy(engine::leaveDataMode).hasMessageContaining("AT+COPS still runs");
        assertThatThrownBy(engine::leaveMultiplexer).hasMessageContaining("AT+COPS still runs");
        assertThatThrownBy(engine::resetByCommand).hasMessageContaining("AT+COPS still runs");
        assertThatThrownBy(() -> engine.synchronise(SHORT)).hasMessageContaining("AT+COPS still runs");

        assertThat(modem.commands()).containsExactly("AT+COPS=0");
        assertThat(engine.takeTrouble()).isFalse();
        modem.say(OK);
        assertThat(engine.send(AtCommand.of("AT+CSQ")).isOk()).isTrue();
        assertThat(modem.commands()).containsExactly("AT+COPS=0", "AT+CSQ");
    }

    @Test
    void comesInStepAgainAfterACommandThatRanToItsLimit() throws Exception {
        ReplayedModem modem = modem(line -> switch (line) {
            case "AT+SLOW" -> "";
            case "AT+CGMM" -> "\r\nModel\r\n" + OK;
            default -> OK;
        });
        AtEngine engine = engine(modem);
        AtCommand slow = AtCommand.of("AT+SLOW").within(Duration.ofSeconds(2)).waitedFor(SHORT);

        assertThat(faultOf(engine.submit(slow))).isEqualTo(Fault.STILL_RUNNING);
        assertThat(engine.send(AtCommand.of("AT+X")).isOk()).isTrue();

        assertThat(modem.commands()).containsExactly("AT+SLOW", "AT+CGMM", "AT+CGMM", "AT+X");
        assertThat(engine.takeTrouble()).isTrue();
    }

    @Test
    void failsEverythingAtOnceWhenThePortIsLost() throws Exception {
        CountDownLatch first = new CountDownLatch(1);
        ReplayedModem modem = modem(line -> {
            first.countDown();
            return "";
        });
        AtEngine engine = engine(modem);
        var inFlight = engine.submit(AtCommand.of("AT+FIRST"));
        assertThat(first.await(30, TimeUnit.SECONDS)).isTrue();
        var waiting = engine.submit(AtCommand.of("AT+W"));

        modem.fallOff();

        assertThat(faultOf(inFlight)).isEqualTo(Fault.PORT_LOST);
        assertThat(faultOf(waiting)).isEqualTo(Fault.PORT_LOST);
        assertThat(engine.isLost()).isTrue();
        assertThat(faultOf(engine.submit(AtCommand.of("AT")))).isEqualTo(Fault.PORT_LOST);
    }

    @Test
    void givesAPortUpThatNeverAnswers() throws Exception {
        AtTiming impatient = new AtTiming(
                Duration.ofMillis(1),
                Duration.ofMillis(1),
                Duration.ofMillis(5),
                Duration.ofMillis(5),
                1,
                "AT+CGMM",
                8,
                Duration.ofMillis(1050),
                1);
        AtEngine engine = engine(modem(line -> ""), impatient);

        assertThat(faultOf(engine.submit(AtCommand.of("AT").within(SHORT)))).isEqualTo(Fault.TIMED_OUT);
        assertThat(faultOf(engine.submit(AtCommand.of("AT").within(SHORT)))).isEqualTo(Fault.PORT_LOST);
    }

    @Test
    void aListenerMaySendCommands() throws Exception {
        ReplayedModem modem = modem(line -> line.equals("AT+CSQ") ? "\r\n+CSQ: 3,99\r\n" + OK : OK);
        AtEngine engine = engine(modem);
        LinkedBlockingQueue<String> seen = new LinkedBlockingQueue<>();
        engine.onUnsolicited(line -> {
            try {
                seen.addAll(engine.send(AtCommand.of("AT+CSQ")).lines());
            } catch (AtException e) {
                seen.add(e.toString());
            }
        });

        modem.say("\r\n+CGEV: NW DETACH\r\n");

        assertThat(seen.poll(30, TimeUnit.SECONDS)).isEqualTo("+CSQ: 3,99");
    }

    @Test
    void onlyReportsOfItsOwnContextEndABearer() throws Exception {
        ReplayedModem modem = modem(line -> OK);
        AtEngine engine = engine(modem);
        AtBearer bearer = AtBearer.open(engine, new AtBearer.Context(1, "10.45.0.2"), false, "AT+CGACT=0,1");
        LinkedBlockingQueue<String> seen = new LinkedBlockingQueue<>();
        engine.onUnsolicited(seen::add); // told after the bearer

        modem.say("\r\n+CGEV: NW PDN DEACT 12,0\r\n");
        assertThat(seen.poll(30, TimeUnit.SECONDS)).isNotNull();
        assertThat(bearer.isUp()).isTrue();

        modem.say("\r\n+CGEV: NW PDN DEACT 1\r\n");
        assertThat(seen.poll(30, TimeUnit.SECONDS)).isNotNull();
        assertThat(bearer.isUp()).isFalse();
    }

    @Test
    void tellsAForgottenListenerNothing() throws Exception {
        ReplayedModem modem = modem(line -> OK);
        AtEngine engine = engine(modem);
        LinkedBlockingQueue<String> seen = new LinkedBlockingQueue<>();
        Consumer<String> gone = line -> seen.add("forgotten: " + line);
        engine.onUnsolicited(gone);
        engine.onUnsolicited(seen::add);

        engine.forget(gone);
        modem.say("\r\nRING\r\n");

        assertThat(seen.poll(30, TimeUnit.SECONDS)).isEqualTo("RING");
    }

    @Test
    void leavesAPromptThatWasNotAnswered() throws Exception {
        ReplayedModem modem = modem(line -> line.equals("AT+CGMM") ? "\r\nModel\r\n" + OK : "");
        AtEngine engine = engine(modem);

        assertThat(faultOf(engine.submit(
                        AtCommand.of("AT+CMGS=1").withPayload("00").within(SHORT))))
                .isEqualTo(Fault.TIMED_OUT);
        engine.synchronise(Duration.ofSeconds(20));

        assertThat(modem.commands()).startsWith("AT+CMGS=1", "\u001b");
    }

    @Test
    void namesOnlyTheCommandInItsExceptions() throws Exception {
        AtEngine engine = engine(modem(line -> ""));

        assertThatThrownBy(() -> engine.send(AtCommand.of("AT+CPIN=\"1234\"").within(SHORT)))
                .hasMessageContaining("AT+CPIN")
                .hasMessageNotContaining("1234");
    }
}
