// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal.at;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.m2me.hal.at.AtException.Fault;
import org.m2me.hal.at.Transcript.Exchange;

/** The engine against recorded modems of all families, and against what else their ports could have carried. */
class AtTranscriptTest {
    /**
     * Short silences, as the recording answers at once; but time for each answer, on a busy machine. The question is one
     * that no recording has.
     */
    static final AtTiming QUICK = new AtTiming(
            Duration.ofMillis(1),
            Duration.ofMillis(40),
            Duration.ofSeconds(1),
            Duration.ofSeconds(2),
            3,
            "AT+CGMM",
            8,
            Duration.ofMillis(1050),
            10);

    private static final List<String> RECORDINGS = List.of(
            "quectel.txt",
            "simcom-sim7600.txt",
            "simcom-sim7000-a76xx.txt",
            "u-blox.txt",
            "sierra-telit-cinterion.txt",
            "phonesim.txt",
            "celersms.txt",
            "ofono-drives-phonesim.txt",
            "modemmanager-drives-replay.txt",
            "modemmanager-corpus.txt");

    /** For each recording and each variation of it. */
    private static final int SEEDS = 3;

    private static final Duration SHORT = Duration.ofMillis(50);

    /** Waited out for many answers that are late; there are four tries. */
    private static final Duration LATE_SYNC = Duration.ofMillis(600);

    private static final String SYNC = "AT+GMM";
    private static final String SYNC_ANSWER = "\r\nRecorded model\r\n\r\nOK\r\n";

    private final List<String> log = Collections.synchronizedList(new ArrayList<>());

    static Stream<Arguments> everyRecordingInEveryVariation() {
        return RECORDINGS.stream()
                .flatMap(name -> Stream.of(Variation.values()).map(variation -> Arguments.of(name, variation)));
    }

    static List<String> everyRecording() {
        return RECORDINGS;
    }

    private AtEngine engine(AtPort port) {
        AtTiming timing = new AtTiming(
                QUICK.gap(),
                QUICK.quiet(),
                QUICK.drain(),
                LATE_SYNC,
                QUICK.syncTries(),
                SYNC,
                QUICK.queueMax(),
                QUICK.escapeGuard(),
                QUICK.silencesMax());
        return new AtEngine(port, timing, System::nanoTime, new AtLog(log::add, System::nanoTime));
    }

    @ParameterizedTest
    @MethodSource("everyRecordingInEveryVariation")
    void understandsARecordingHoweverItsBytesAreCut(String name, Variation variation) throws Exception {
        for (int seed = 0; seed < SEEDS; seed++) {
            replay(name, variation, seed);
        }
    }

    private void replay(String name, Variation variation, int seed) throws Exception {
        Random random = new Random(seed);
        List<Exchange> exchanges =
                Transcript.read(name).stream().filter(variation::applies).toList();
        Deque<String> replies = new ArrayDeque<>();
        for (Exchange exchange : exchanges) {
            replies.addAll(List.of(variation.bytes(exchange, random).split("\\|", 2)));
        }
        boolean numeric = variation == Variation.WITH_NUMERIC_RESULTS;
        ReplayedModem modem =
                new ReplayedModem(seed, line -> line.equals("ATV0") && numeric ? "0\r" : replies.remove());
        LinkedBlockingQueue<String> heard = new LinkedBlockingQueue<>();
        log.clear();
        try (AtEngine engine = engine(modem)) {
            engine.onUnsolicited(heard::add);
            if (numeric) {
                engine.tell("ATV0");
            }
            for (Exchange exchange : exchanges) {
                AtAnswer answer = engine.send(exchange.command);
                String where = "%s %s, seed %d: %s, %s".formatted(name, variation, seed, exchange, lastOfLog());
                assertThat(answer.lines()).as(where).isEqualTo(exchange.lines);
                assertThat(answer.result().text()).as(where).isEqualTo(variation.result(exchange));
                assertThat(next(heard, exchange.unsolicited.size())).as(where).isEqualTo(exchange.unsolicited);
            }
        }
    }

    private List<String> lastOfLog() {
        List<String> all = List.copyOf(log);
        return all.subList(Math.max(0, all.size() - 12), all.size());
    }

    private static List<String> next(LinkedBlockingQueue<String> heard, int count) throws InterruptedException {
        List<String> lines = new ArrayList<>();
        while (lines.size() < count) {
            String line = heard.poll(30, TimeUnit.SECONDS);
            if (line == null) {
                break;
            }
            if (!line.equals(Variation.REPORT)) {
                lines.add(line);
            }
        }
        return lines;
    }

    /** Every few commands one is answered only after its limit, when the engine already asks for the model. */
    @ParameterizedTest
    @MethodSource("everyRecording")
    void givesNoLateAnswerToTheNextCommand(String name) throws Exception {
        Random random = new Random(name.hashCode());
        List<Exchange> exchanges = Transcript.read(name).stream()
                .filter(exchange -> exchange.command.payload().isEmpty())
                .filter(exchange -> exchange.command.counted().isEmpty())
                .filter(Variation.WITH_NUMERIC_RESULTS::applies)
                .toList();
        LateModem late = new LateModem();
        try (AtEngine engine = engine(new ReplayedModem(1, late))) {
            engine.synchronise(Duration.ofSeconds(20));
            for (Exchange exchange : exchanges) {
                late.nextIsLate = random.nextInt(6) == 0;
                late.bytes = exchange.bytes;
                if (late.nextIsLate) {
                    AtCommand hasty = exchange.command.within(SHORT);
                    assertThatThrownBy(() -> engine.send(hasty))
                            .as("%s: %s", exchange, lastOfLog())
                            .isInstanceOfSatisfying(
                                    AtException.class,
                                    e -> assertThat(e.fault()).isEqualTo(Fault.TIMED_OUT));
                } else {
                    AtAnswer answer = engine.send(exchange.command);
                    assertThat(answer.lines())
                            .as("%s: %s", exchange, lastOfLog())
                            .isEqualTo(exchange.lines);
                    assertThat(answer.result().text()).isEqualTo(exchange.result);
                }
            }
        }
    }

    /** Answers as recorded, or says it all in front of the next answer. */
    private static final class LateModem implements Function<String, String> {
        private volatile boolean nextIsLate;
        private volatile String bytes = "";
        private String owed = "";

        @Override
        public String apply(String line) {
            String before = owed;
            owed = "";
            if (line.equals(SYNC)) {
                return before + SYNC_ANSWER;
            }
            if (nextIsLate) {
                owed = before + bytes;
                return "";
            }
            return before + bytes;
        }
    }

    /** At a place of the recording that is different for each seed. */
    @ParameterizedTest
    @MethodSource("everyRecording")
    void noticesThatThePortIsLostInTheMiddleOfARecording(String name) throws Exception {
        for (int seed = 0; seed < SEEDS; seed++) {
            loseThePort(name, new Random(seed));
        }
    }

    private void loseThePort(String name, Random random) throws Exception {
        List<Exchange> exchanges = Transcript.read(name).stream()
                .filter(exchange -> exchange.command.payload().isEmpty())
                .toList();
        int last = random.nextInt(exchanges.size());
        String whole = exchanges.get(last).bytes;
        int result = whole.indexOf(exchanges.get(last).result);
        String part = whole.substring(0, random.nextInt(result + 1));
        Deque<String> replies = new ArrayDeque<>();
        exchanges.subList(0, last).forEach(exchange -> replies.add(exchange.bytes));
        ReplayedModem modem = new ReplayedModem(last, line -> replies.isEmpty() ? part : replies.remove());
        modem.fallOffAfter(last + 1);
        try (AtEngine engine = engine(modem)) {
            for (Exchange exchange : exchanges.subList(0, last)) {
                assertThat(engine.send(exchange.command).result().text()).isEqualTo(exchange.result);
            }
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> engine.send(exchanges.get(last).command))
                        .isInstanceOfSatisfying(
                                AtException.class, e -> assertThat(e.fault()).isEqualTo(Fault.PORT_LOST));
            }
            assertThat(engine.isLost()).isTrue();
        }
    }

    @Test
    void keepsNoMoreLinesOfAnAnswerThanFit() throws Exception {
        String babble = "\r\n+CPBR: 1\r\n".repeat(AtExchange.LINES_MAX + 5) + "\r\nOK\r\n";
        try (AtEngine engine = engine(new ReplayedModem(1, line -> babble))) {
            assertThat(engine.send(AtCommand.of("AT+CPBR=1,9999")).lines()).hasSize(AtExchange.LINES_MAX);
        }
    }
}
