// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.regulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;

/** A regulator whose clock is outside of its certificate's time: what it signed then would stop its record for good. */
final class WrongClockTest {
    @TempDir
    Path directory;

    private RegulatorFixture regulator;

    @BeforeEach
    void start() {
        regulator = new RegulatorFixture(directory);
    }

    @AfterEach
    void stop() {
        regulator.close();
    }

    @ParameterizedTest(name = "{0} days")
    @ValueSource(ints = {-1, 4})
    void appendsNothingThenAndGoesOnWhenItIsRightAgain(int days) throws Exception {
        int before = regulator.record(2).size();
        regulator.clock.advance(Duration.ofDays(days));
        Refused refused = catchThrowableOfType(Refused.class, () -> regulator.record(1));
        assertThat(refused.code()).isEqualTo(ResultCode.UNAVAILABLE);

        regulator.clock.advance(Duration.ofDays(-days));
        int after = regulator.record(3).size();
        assertThat(Chain.verified(regulator.role, regulator.context)).hasSize(before + after);
    }
}
