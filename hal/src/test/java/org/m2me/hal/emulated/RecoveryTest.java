// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal.emulated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.m2me.hal.Bearer;
import org.m2me.hal.Board;
import org.m2me.hal.BoardFile;
import org.m2me.hal.Boards;
import org.m2me.hal.ModemException;
import org.m2me.hal.ModemLines;
import org.m2me.hal.at.AtLog;
import org.m2me.hal.at.AtModem;
import org.m2me.hal.at.AtPort;
import org.m2me.hal.at.AtTiming;
import org.m2me.hal.at.RecoveryEvent;
import org.m2me.hal.at.RecoveryEvent.Outcome;
import org.m2me.hal.at.RecoveryLimits;
import org.m2me.hal.at.RecoveryRung;
import org.m2me.hal.card.VpcdCardSlot;

/** A modem that takes no commands, and the driver that gets it back, over a socket. */
class RecoveryTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String PCID = "901700000000017";

    /** For a rung that is to help: it does so in milliseconds, but a busy machine may stall. */
    private static final RecoveryLimits.Limit HELPS = new RecoveryLimits.Limit(Duration.ofSeconds(20), 3);

    /** The same for one that is to help once and not another time, which takes all of it. */
    private static final RecoveryLimits.Limit HELPS_ONCE = new RecoveryLimits.Limit(Duration.ofSeconds(4), 3);

    private final TestRadio radio = new TestRadio();
    private final List<String> log = Collections.synchronizedList(new ArrayList<>());
    private final List<String> events = new ArrayList<>();
    private final Map<RecoveryRung, RecoveryLimits.Limit> limits = new EnumMap<>(RecoveryRung.class);
    private Duration sync = Duration.ofMillis(300);
    private Duration escapeGuard = Duration.ofMillis(1050);
    private final EmulatedModem emulated = emulated();
    private AutoCloseable card = () -> {};
    private AtModem modem = driver(Optional.empty());

    @TempDir
    private Path directory = Path.of("");

    private EmulatedModem emulated() {
        try {
            return new EmulatedModem(radio, "490154203237518", Duration.ofMillis(20), System::nanoTime);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** The emulated modem's lines, without a socket in between. */
    private final class Lines implements ModemLines {
        private final boolean hasStatus;

        Lines(boolean hasStatus) {
            this.hasStatus = hasStatus;
        }

        @Override
        public void pullReset() {
            emulated.pullReset();
        }

        @Override
        public void pressPowerKey() {
            emulated.pressPowerKey();
        }

        @Override
        public Optional<Boolean> isOn() {
            return hasStatus ? Optional.of(emulated.isOn()) : Optional.empty();
        }
    }

    private AtModem driver(Optional<ModemLines> lines) {
        for (RecoveryRung rung : RecoveryRung.values()) {
            limits.putIfAbsent(rung, new RecoveryLimits.Limit(Duration.ofSeconds(1), 3));
        }
        return new AtModem(
                new AtModem.Wiring(
                        () -> AtPort.open(emulated.port()), lines, new RecoveryLimits(limits), this::observe),
                new AtTiming(
                        Duration.ofMillis(2),
                        Duration.ofMillis(30),
                        Duration.ofSeconds(1),
                        sync,
                        3,
                        "AT+CGMM",
                        8,
                        escapeGuard,
                        10),
                System::nanoTime,
                new AtLog(log::add, System::nanoTime));
    }

    private void observe(RecoveryEvent event) {
        events.add(event.rung() + " " + event.outcome());
    }

    /** They take seconds of silence. */
    private void passOverModes() {
        limits.put(RecoveryRung.LEAVE_DATA_MODE, new RecoveryLimits.Limit(Duration.ofSeconds(1), 0));
        limits.put(RecoveryRung.LEAVE_MULTIPLEXER, new RecoveryLimits.Limit(Duration.ofSeconds(1), 0));
    }

    /** From now on these rungs are given the time that helping takes at most, and the others a second. */
    private void expectHelpOf(RecoveryRung... rungs) {
        for (RecoveryRung rung : rungs) {
            limits.put(rung, HELPS);
        }
        if (List.of(rungs).contains(RecoveryRung.LEAVE_DATA_MODE)) {
            escapeGuard = Duration.ofMillis(1500); // the modem measures a second of it
        }
        use(new Lines(true));
    }

    @BeforeEach
    void switchOnWithACard() throws Exception {
        emulated.pressPowerKey();
        URI slot = URI.create(emulated.cardSlot());
        card = new VpcdCardSlot(new InetSocketAddress(slot.getHost(), slot.getPort())).insert(new TestCard(PCID, true));
        use(new Lines(true));
    }

    private void use(ModemLines lines) {
        modem.close();
        modem = driver(Optional.of(lines));
    }

    @AfterEach
    void closeAll() throws Exception {
        modem.close();
        card.close();
        emulated.close();
    }

    /** Every rung in order, until one helps. */
    private static List<String> climbTo(RecoveryRung last) {
        List<String> expected = new ArrayList<>();
        for (RecoveryRung rung : RecoveryRung.values()) {
            expected.add(rung + " " + Outcome.BEGUN);
            expected.add(rung + " " + (rung == last ? Outcome.HELPED : Outcome.DID_NOT_HELP));
            if (rung == last) {
                break;
            }
        }
        return expected;
    }

    @ParameterizedTest
    @CsvSource({
        "NONE, RESYNCHRONISE",
        "ASLEEP, RESYNCHRONISE",
        "DATA_MODE, LEAVE_DATA_MODE",
        "MULTIPLEXER, LEAVE_MULTIPLEXER",
        "MUTE, RESET_BY_COMMAND",
        "HUNG, RESET_LINE",
        "LOCKED_UP, POWER_KEY",
    })
    void isRougherWithAModemOnlyWhereLessDoesNotHelp(Trouble trouble, RecoveryRung helps) throws Exception {
        expectHelpOf(helps);
        emulated.getInto(trouble);

        modem.start(LIMIT);

        assertThat(events).isEqualTo(climbTo(helps));
        assertThat(log).anyMatch(line -> line.contains("recovery: " + helps + " HELPED"));
        assertThat(modem.register(LIMIT).plmn()).isEqualTo("90170");
    }

    @ParameterizedTest
    @CsvSource({"ASLEEP, RESYNCHRONISE", "DATA_MODE, LEAVE_DATA_MODE"})
    void getsAModemBackThatWorkedBefore(Trouble trouble, RecoveryRung helps) throws Exception {
        limits.put(RecoveryRung.RESYNCHRONISE, HELPS_ONCE);
        expectHelpOf(helps);
        modem.start(LIMIT);
        modem.register(LIMIT);
        events.clear();
        emulated.getInto(trouble);
        emulated.dropHosts();

        modem.start(LIMIT);

        assertThat(events).isEqualTo(climbTo(helps));
        assertThat(modem.register(LIMIT).plmn()).isEqualTo("90170");
    }

    @Test
    void noticesByItselfThatAModemDoesNotAnswerAnyMore() throws Exception {
        limits.put(RecoveryRung.RESYNCHRONISE, HELPS_ONCE);
        expectHelpOf(RecoveryRung.LEAVE_MULTIPLEXER);
        modem.start(LIMIT);
        modem.register(LIMIT);
        Bearer bearer = modem.open("initial", LIMIT);
        events.clear();
        emulated.getInto(Trouble.MULTIPLEXER);

        modem.start(LIMIT);

        assertThat(events).isEqualTo(climbTo(RecoveryRung.LEAVE_MULTIPLEXER));
        assertThat(bearer.isUp()).isFalse();
        modem.register(LIMIT);
        try (Bearer again = modem.open("initial", LIMIT)) {
            assertThat(again.isUp()).isTrue();
        }
    }

    @Test
    void goesOnFromWhereItStoodWhenTroubleComesBackBeforeTheModemWorks() throws Exception {
        sync = Duration.ofSeconds(2); // two answers in a row tell that it is in no other mode
        expectHelpOf(RecoveryRung.RESYNCHRONISE, RecoveryRung.RESET_BY_COMMAND, RecoveryRung.RESET_LINE);
        modem.start(LIMIT);
        emulated.dropHosts();
        modem.start(LIMIT);
        emulated.dropHosts();
        modem.start(LIMIT);

        assertThat(events)
                .containsExactly(
                        "RESYNCHRONISE BEGUN",
                        "RESYNCHRONISE HELPED",
                        "LEAVE_DATA_MODE SKIPPED",
                        "LEAVE_MULTIPLEXER SKIPPED",
                        "RESET_BY_COMMAND BEGUN",
                        "RESET_BY_COMMAND HELPED",
                        "RESET_LINE BEGUN",
                        "RESET_LINE HELPED");
        events.clear();
        modem.register(LIMIT);
        emulated.dropHosts();
        modem.start(LIMIT);
        assertThat(events).as("after it worked").isEqualTo(climbTo(RecoveryRung.RESYNCHRONISE));
    }

    @Test
    void leavesToTheNextStartWhatOneHadNoTimeFor() throws Exception {
        expectHelpOf(RecoveryRung.POWER_KEY);
        emulated.getInto(Trouble.LOCKED_UP);
        int starts = 0;
        for (boolean back = false; !back; starts++) {
            assertThat(starts).isLessThan(100);
            try {
                modem.start(Duration.ofMillis(500));
                back = true;
            } catch (ModemException e) {
                assertThat(e).hasMessageContaining("the modem does not answer");
            }
        }

        assertThat(starts).isGreaterThan(2);
        assertThat(events).isEqualTo(climbTo(RecoveryRung.POWER_KEY));
    }

    @Test
    void usesNoRungMoreOftenThanItMay() throws Exception {
        passOverModes();
        limits.put(RecoveryRung.RESET_BY_COMMAND, new RecoveryLimits.Limit(Duration.ofSeconds(1), 0));
        limits.put(RecoveryRung.RESET_LINE, new RecoveryLimits.Limit(HELPS.patience(), 1));
        limits.put(RecoveryRung.POWER_KEY, new RecoveryLimits.Limit(Duration.ofSeconds(1), 0));
        use(new Lines(true));
        emulated.getInto(Trouble.MUTE);

        modem.start(LIMIT);
        assertThat(events).containsSubsequence("RESET_BY_COMMAND SKIPPED", "RESET_LINE BEGUN", "RESET_LINE HELPED");
        modem.register(LIMIT);
        events.clear();
        emulated.getInto(Trouble.HUNG);
        emulated.dropHosts();

        assertThatThrownBy(() -> modem.start(LIMIT)).hasMessageContaining("does not come back");
        assertThat(events).endsWith("RESET_BY_COMMAND SKIPPED", "RESET_LINE SKIPPED", "POWER_KEY SKIPPED");
    }

    @Test
    void saysThatABoardHasNoLines() {
        passOverModes();
        modem.close();
        modem = driver(Optional.empty());
        emulated.getInto(Trouble.HUNG);

        assertThatThrownBy(() -> modem.start(LIMIT)).hasMessageContaining("does not come back");

        assertThat(events).endsWith("RESET_LINE SKIPPED", "POWER_KEY SKIPPED");
        assertThat(log).anyMatch(line -> line.endsWith("POWER_KEY SKIPPED: the board has no such line"));
    }

    @Test
    void pressesAKeyTwiceWhereNoStatusLineSaysWhatItDid() throws Exception {
        passOverModes();
        limits.put(RecoveryRung.POWER_KEY, HELPS_ONCE); // the first time it does not
        use(new Lines(false));
        emulated.getInto(Trouble.LOCKED_UP);

        modem.start(LIMIT);

        assertThat(events)
                .endsWith("POWER_KEY BEGUN", "POWER_KEY BEGUN", "POWER_KEY HELPED")
                .containsSubsequence("RESET_LINE BEGUN", "RESET_LINE DID_NOT_HELP", "POWER_KEY BEGUN");
        assertThat(emulated.isOn()).isTrue();
    }

    @Test
    void switchesOnAtOnceWhatTheStatusLineSaysIsOff() throws Exception {
        expectHelpOf(RecoveryRung.POWER_KEY);
        emulated.pressPowerKey();

        modem.start(LIMIT);

        assertThat(events).containsExactly("POWER_KEY BEGUN", "POWER_KEY HELPED");
    }

    @Test
    void aBoardPullsTheLinesThatItsFileNames() throws Exception {
        emulated.pressPowerKey();
        Path file = directory.resolve("board.properties");
        Files.writeString(
                file,
                Stream.of(
                                "model=x",
                                "modem.driver=at",
                                "modem.port=" + emulated.port(),
                                "modem.lines=" + emulated.lines(),
                                "lights=none",
                                "watchdog=none",
                                "tamper=none")
                        .reduce("", (all, line) -> all + line + "\n"));

        try (Board board = Boards.open(BoardFile.load(file), Map.of(), directory, System::nanoTime)) {
            assertThat(board.modem().orElseThrow().start(LIMIT).model()).isEqualTo("Emulated modem");
        }

        assertThat(emulated.isOn()).isTrue();
    }

    @Test
    void pullsItsLinesForWhoeverAsks() throws Exception {
        emulated.getInto(Trouble.HUNG);

        assertThat(ask("status")).isEqualTo("on");
        assertThat(ask("reset")).isEqualTo("ok");
        assertThat(emulated.trouble()).isEqualTo(Trouble.NONE);
        assertThat(ask("key")).isEqualTo("ok");
        assertThat(ask("status")).isEqualTo("off");
        assertThat(ask("dance")).isEqualTo("unknown");
    }

    private String ask(String word) throws IOException {
        URI lines = URI.create(emulated.lines());
        try (Socket socket = new Socket(lines.getHost(), lines.getPort())) {
            socket.getOutputStream().write((word + "\n").getBytes(StandardCharsets.US_ASCII));
            return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
                    .readLine();
        }
    }
}
