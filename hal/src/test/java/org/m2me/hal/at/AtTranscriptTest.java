// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal.at;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The engine against recorded modems of several families. */
class AtTranscriptTest {
    /** Short waits: the recording answers at once. */
    static final AtTiming QUICK = new AtTiming(
            Duration.ofMillis(2),
            Duration.ofMillis(40),
            Duration.ofSeconds(1),
            Duration.ofMillis(300),
            3,
            "AT+CGMM",
            8,
            10);

    private static final int SEEDS = 12;
    private static final String INJECTED = "+CGEV: ME PDN ACT 4";

    @ParameterizedTest
    @ValueSource(strings = {"quectel.txt", "simcom.txt", "u-blox-telit-sierra.txt", "emulators.txt"})
    void understandsARecordingHoweverItsBytesAreCut(String name) throws Exception {
        for (int seed = 0; seed < SEEDS; seed++) {
            replay(name, seed, false);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"quectel.txt", "simcom.txt", "u-blox-telit-sierra.txt"})
    void understandsARecordingWithReportsInBetween(String name) throws Exception {
        for (int seed = 0; seed < SEEDS; seed++) {
            replay(name, seed, true);
        }
    }

    private static void replay(String name, int seed, boolean inject) throws Exception {
        Random random = new Random(seed);
        List<Transcript.Exchange> exchanges = Transcript.read(name);
        Deque<String> replies = new ArrayDeque<>();
        for (Transcript.Exchange exchange : exchanges) {
            String bytes = inject ? injected(exchange.bytes, random) : exchange.bytes;
            replies.addAll(List.of(bytes.split("\\|", 2)));
        }
        ReplayedModem modem = new ReplayedModem(seed, line -> replies.remove());
        LinkedBlockingQueue<String> heard = new LinkedBlockingQueue<>();
        List<String> log = new ArrayList<>();
        try (AtEngine engine = new AtEngine(modem, QUICK, System::nanoTime, new AtLog(log::add, System::nanoTime))) {
            engine.onUnsolicited(heard::add);
            for (Transcript.Exchange exchange : exchanges) {
                AtAnswer answer = engine.send(exchange.command);
                assertThat(answer.lines())
                        .as("%s, seed %d: %s", exchange, seed, log)
                        .isEqualTo(exchange.lines);
                assertThat(answer.result().text()).as("%s", exchange).isEqualTo(exchange.result);
                assertThat(next(heard, exchange.unsolicited.size(), inject))
                        .as("%s, seed %d: unsolicited", exchange, seed)
                        .isEqualTo(exchange.unsolicited);
            }
        }
    }

    private static List<String> next(LinkedBlockingQueue<String> heard, int count, boolean inject)
            throws InterruptedException {
        List<String> lines = new ArrayList<>();
        while (lines.size() < count) {
            String line = heard.poll(5, TimeUnit.SECONDS);
            if (line == null) {
                break;
            }
            if (!inject || !line.equals(INJECTED)) {
                lines.add(line);
            }
        }
        return lines;
    }

    /** Puts a report before a line of the answer: in front of the CR LF with which it begins. */
    private static String injected(String bytes, Random random) throws IOException {
        List<Integer> places = new ArrayList<>();
        for (int i = 0; i + 4 < bytes.length() && !bytes.contains("USORD"); i++) {
            boolean between = bytes.startsWith("\r\n\r\n", i);
            if (between) {
                places.add(i + 2);
            }
        }
        if (places.isEmpty()) {
            return bytes;
        }
        int place = places.get(random.nextInt(places.size()));
        return bytes.substring(0, place) + "\r\n" + INJECTED + "\r\n" + bytes.substring(place);
    }
}
