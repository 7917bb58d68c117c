// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal.at;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.provider.MethodSource;

/** A modem answers with any bytes, cut anywhere: a dialogue ends with an answer or with its own exception. */
@Timeout(10)
class AtDialogueFuzzTest {
    private static final int TOGETHER = 6;
    private static final int READ_LENGTH = 7;
    private static final long STEP = 1_000_000;
    private static final AtListeners LISTENERS = new AtListeners();

    private static final List<AtCommand> COMMANDS = List.of(
            AtCommand.of("AT+CREG?"),
            AtCommand.of("AT+CGDCONT?"),
            AtCommand.of("AT+CSQ"),
            AtCommand.of("AT+CEER"),
            AtCommand.of("AT+CGLA=1,10,\"00B0000000\""),
            AtCommand.of("AT+COPS?"));
    private static final List<String> NAMES = List.of("+CREG", "+CGDCONT", "+CSQ", "+CEER", "+CGLA", "+COPS");

    /** What modems said in the recorded transcripts, six answers together. */
    static Stream<byte[]> seeds() {
        return Stream.of("quectel", "u-blox", "simcom-sim7600").flatMap(AtDialogueFuzzTest::transcript);
    }

    private static Stream<byte[]> transcript(String file) {
        try (InputStream in =
                Objects.requireNonNull(AtDialogueFuzzTest.class.getResourceAsStream("/at/" + file + ".txt"))) {
            List<String> said = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1)
                    .lines()
                    .filter(line -> line.startsWith("< "))
                    .map(line -> line.substring(2).replace("\\r", "\r").replace("\\n", "\n"))
                    .toList();
            return Stream.iterate(0, from -> from < said.size(), from -> from + TOGETHER)
                    .map(from -> String.join("", said.subList(from, Math.min(said.size(), from + TOGETHER))))
                    .map(text -> text.getBytes(StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @MethodSource("seeds")
    @FuzzTest
    void answer(byte[] input) throws Exception {
        AtomicLong now = new AtomicLong();
        AtInbox<String> inbox = new AtInbox<>(() -> now.addAndGet(STEP), 1);
        inbox.close();
        for (int from = 0; from < input.length; from += READ_LENGTH) {
            inbox.put(Arrays.copyOfRange(input, from, Math.min(input.length, from + READ_LENGTH)));
        }
        AtDialogue dialogue = new AtDialogue(
                new AtDialogue.Line(new Mute(), inbox, LISTENERS, new AtLog(line -> {}, System::nanoTime)),
                AtTiming.MODEM,
                () -> now.addAndGet(STEP));
        for (int i = 0; i < COMMANDS.size(); i++) {
            try {
                read(dialogue.perform(COMMANDS.get(i)), NAMES.get(i));
            } catch (AtException refused) {
                assertThat(refused.fault()).isNotNull();
            }
        }
    }

    private static void read(AtAnswer answer, String name) {
        assertThat(answer.result().text()).isNotNull();
        for (String value : answer.values(name)) {
            assertThat(AtText.fields(value)).isNotEmpty();
            assertThat(NetworkCause.fromReport(value)).isNotNull();
        }
        for (String line : answer.lines()) {
            assertThat(RegistrationLine.parse(line)).isNotNull();
        }
    }

    /** Takes what is typed. */
    private static final class Mute implements AtPort {
        @Override
        public int read(byte[] into) {
            return -1;
        }

        @Override
        public void write(byte[] bytes) {}

        @Override
        public void close() {}
    }
}
