// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.m2me.lab.console.Terminal;

/** A campaign moves a fleet of which one device got new firmware since it was validated. */
@Tag("long")
class FleetChangeIT {
    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void onlyTheUpdatedDeviceIsValidatedAnewWhenTheIvfIsAsked(boolean ivf) throws Exception {
        Options options = Options.with()
                .devices(3)
                .change(Optional.of(ChangeWay.old))
                .ivf(ivf)
                .make();
        MassChange.Result result;
        PrintStream nobody = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
        try (Lab lab = new Lab(options, Main.world(), directory.resolve("lab"))) {
            result = new MassChange(
                            lab,
                            options,
                            new Terminal(nobody, false),
                            Main.world().clock())
                    .run(1);
        }

        assertThat(result.done()).isEqualTo(3);
        assertThat(result.pva().validations()).isEqualTo(ivf ? 1 : 3);
        assertThat(result.pva().authentications()).isEqualTo(ivf ? 3 : 0);
        assertThat(result.bytes()).isPositive();
    }
}
