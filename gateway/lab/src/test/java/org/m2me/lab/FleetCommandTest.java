// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.m2me.lab.console.Terminal;
import org.m2me.operators.Count;
import org.m2me.operators.Pva;
import org.m2me.operators.Sho;

/** What {@code m2me fleet change} says at its end, and its exit status. */
class FleetCommandTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final Terminal terminal = new Terminal(new PrintStream(out, true, StandardCharsets.UTF_8), false);

    private static MassChange.Result with(long done) {
        return new MassChange.Result(
                true,
                20,
                done,
                new Pva.Counters(1, 0, 20, 0, Duration.ofMillis(7), Duration.ofMillis(40)),
                new Sho.ValidationCounts(
                        1,
                        List.of(new Count("VALID", 19), new Count("NEWER_STATE", 1)),
                        List.of(new Count("NEWER_STATE", 1))),
                2_345,
                Duration.ofMillis(12_900));
    }

    private static MassChange.Result without() {
        return new MassChange.Result(
                false,
                20,
                20,
                new Pva.Counters(20, 0, 0, 0, Duration.ofMillis(150), Duration.ZERO),
                new Sho.ValidationCounts(20, List.of(), List.of()),
                4_345,
                Duration.ofSeconds(25));
    }

    private List<String> lines() {
        return out.toString(StandardCharsets.UTF_8).lines().toList();
    }

    @Test
    void showsBothRunsBesideEachOtherWithWhatWasSavedAndWhyThePvaWasAskedAllTheSame() {
        assertThat(FleetCommand.Change.end(terminal, List.of(with(20), without())))
                .isZero();
        assertThat(lines())
                .containsExactly(
                        "",
                        "                                         IVF on      IVF off        saved",
                        "devices that changed                         20           20             ",
                        "integrity validations by the PVA              1           20           19",
                        "credential checks by the PVA                 20            0          -20",
                        "PVA's processor time, ms                     47          150          103",
                        "bytes on the air per device                2345         4345         2000",
                        "seconds to the last device                   12           25           13",
                        "IVF on: answers from the IVF: 19 VALID, 1 NEWER_STATE;"
                                + " fall-backs to the PVA: 1 NEWER_STATE",
                        "IVF off: answers from the IVF: none; fall-backs to the PVA: none");
    }

    @Test
    void comparesNothingWhenThereIsOneRun() {
        assertThat(FleetCommand.Change.end(terminal, List.of(with(20)))).isZero();
        assertThat(lines())
                .contains("                                         IVF on             ")
                .noneMatch(line -> line.contains("saved") || line.contains("IVF off"));
    }

    @Test
    void failsWhenADeviceOfEitherRunDidNotArrive() {
        assertThat(FleetCommand.Change.end(terminal, List.of(with(19), without())))
                .isEqualTo(1);
        assertThat(FleetCommand.Change.end(terminal, List.of(without(), with(19))))
                .isEqualTo(1);
    }
}
