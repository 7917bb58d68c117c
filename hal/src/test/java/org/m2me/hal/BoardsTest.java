// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class BoardsTest {
    private static final String GOOD =
            "model=x\nmodem.driver=at\nmodem.port=tcp://127.0.0.1:1\nlights=none\nwatchdog=none\ntamper=none\n";

    @TempDir
    private Path directory = Path.of("");

    static List<Path> everyBoardFile() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("..", "board-configs"))) {
            return files.filter(file -> file.toString().endsWith(".properties")).toList();
        }
    }

    @ParameterizedTest
    @MethodSource("everyBoardFile")
    void loadsEveryBoardFile(Path file) throws Exception {
        BoardFile board = BoardFile.load(file);

        assertThat(board.required(BoardFile.Key.MODEL) + ".properties").isEqualTo(String.valueOf(file.getFileName()));
    }

    private BoardFile file(String content) throws IOException {
        return BoardFile.load(Files.writeString(directory.resolve("board.properties"), content));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "model=x             | ''                     | model: is missing; add it",
                "lights=none         | lights=blink           | lights: cannot be \"blink\"; use none or log",
                "lights=none         | lights=log\\nligths=no | ligths: is not a key; remove it",
                "modem.driver=at     | ''                     | modem.driver: is missing; a modem has a port",
                "modem.port=tcp://127.0.0.1:1 | modem.port=ttyUSB2 | modem.port: cannot be \"ttyUSB2\"; use tcp://host:port",
                "modem.driver=at     | modem.driver=\\uZZZZ | syntax:",
                "modem.port=tcp://127.0.0.1:1 | modem.port=tcp://127.0.0.1:65536 | modem.port: cannot be",
                "modem.port=tcp://127.0.0.1:1 | modem.port=tcp://my_host:1 | modem.port: cannot be",
                "model=x             | model=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx | model: cannot be",
            })
    void saysWhatIsWrongWithAFileAndWhatToDo(String line, String instead, String message) {
        String content = GOOD.replace(line.strip(), instead.replace("''", "").replace("\\n", "\n"));

        assertThatThrownBy(() -> file(content))
                .isInstanceOf(BoardFile.Invalid.class)
                .hasMessageContaining("board.properties: " + message);
    }

    @Test
    void saysWhichValueWasToBeGivenAtTheStart() throws Exception {
        BoardFile board = file(GOOD.replace("tcp://127.0.0.1:1", "given-at-start"));

        assertThatThrownBy(() -> Boards.open(board, Map.of(), directory, System::nanoTime))
                .isInstanceOf(BoardFile.Invalid.class)
                .hasMessageContaining("modem.port: was not given; give it when the program starts");
        try (Board open = Boards.open(board, Map.of("modem.port", "unix:/run/modem"), directory, System::nanoTime)) {
            assertThat(open.modem()).isPresent();
        }
    }

    @Test
    void opensABoardWithWhatItsFileNames() throws Exception {
        Map<String, String> overrides =
                Map.of("modem.port", "", "modem.driver", "", "wlan.port", "tcp://127.0.0.1:9", "lights", "log");

        try (Board board = Boards.open(file(GOOD), overrides, directory.resolve("state"), System::nanoTime)) {
            assertThat(board.model()).isEqualTo("x");
            assertThat(board.modem()).isEmpty();
            assertThat(board.cardSlot()).isEmpty();
            assertThat(board.wlan()).isPresent();
            assertThat(board.tamper().isOpened()).isFalse();
            board.lights().show(Lights.Signal.STARTING);
            board.watchdog().pet();
            board.storage().write("x", new byte[1]);
            assertThat(directory.resolve("state").resolve("x")).exists();
        }
    }

    @Test
    void noticesThatTheCaseWasOpened() throws Exception {
        try (Board board =
                Boards.open(file(GOOD), Map.of("tamper", "file"), directory.resolve("state"), System::nanoTime)) {
            CountDownLatch noticed = new CountDownLatch(1);
            board.tamper().onOpened(noticed::countDown);
            assertThat(board.tamper().isOpened()).isFalse();

            Files.createFile(directory.resolve("state").resolve("tamper"));

            assertThat(noticed.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(board.tamper().isOpened()).isTrue();
        }
    }

    @Test
    void tellsSystemdThatTheProgramIsAlive() throws Exception {
        Path told = directory.resolve("told");
        Path program = Files.writeString(directory.resolve("notify"), "#!/bin/sh\necho \"$1\" >> " + told + "\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        try (SystemdWatchdog watchdog = new SystemdWatchdog(List.of(program.toString()), Duration.ofMillis(20))) {
            watchdog.pet();

            Until.holds("systemd was told", () -> contains(told, "WATCHDOG=1"));
        }
    }

    private static boolean contains(Path file, String text) {
        try {
            return Files.readString(file).contains(text);
        } catch (IOException e) {
            return false;
        }
    }
}
