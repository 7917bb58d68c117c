// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.m2me.hal.FileStorage;

final class DeviceClockTest {
    @TempDir
    private Path home;

    private final TestClock board = new TestClock();
    private final Instant start = board.instant();

    private DeviceClock clock(Instant made) throws Exception {
        return new DeviceClock(board, new FileStorage(home), made);
    }

    @Test
    void showsWhatTheBoardShowsWhileThatCanBe() throws Exception {
        DeviceClock clock = clock(start.minusSeconds(1));

        assertThat(clock.instant()).isEqualTo(start);
        board.forward(Duration.ofDays(1));
        assertThat(clock.instant()).isEqualTo(start.plus(Duration.ofDays(1)));
    }

    @Test
    void showsNoTimeBeforeTheDeviceWasMade() throws Exception {
        DeviceClock clock = clock(start.plusSeconds(60));

        assertThat(clock.instant()).isEqualTo(start.plusSeconds(60));
        board.forward(Duration.ofMinutes(2));
        assertThat(clock.instant()).isEqualTo(start.plusSeconds(120));
    }

    @Test
    void keepsWhatItLearnedOverARestart() throws Exception {
        DeviceClock clock = clock(start);
        clock.learn(start.plus(Duration.ofDays(30)));
        clock.learn(start.plus(Duration.ofDays(20)));

        assertThat(clock.instant()).isEqualTo(start.plus(Duration.ofDays(30)));
        assertThat(clock(start).instant()).isEqualTo(start.plus(Duration.ofDays(30)));
    }

    @Test
    void startsWithWhatIsLeftWhenWhatItKeptIsDamaged() throws Exception {
        clock(start).learn(start.plus(Duration.ofDays(30)));
        Files.writeString(home.resolve("clock"), "yesterday");

        assertThat(clock(start.plusSeconds(5)).instant()).isEqualTo(start.plusSeconds(5));
    }
}
