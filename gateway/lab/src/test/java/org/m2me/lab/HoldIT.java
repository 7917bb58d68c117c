// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.m2me.lab.device.DeviceRun;
import org.m2me.operators.Sho;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Step;
import org.m2me.protocol.step.StepEvent;

/** A device that was tampered with, held by its operator until a person has put it right and says so. */
class HoldIT {
    @TempDir
    Path directory;

    @Test
    void holdsATamperedDeviceUntilTheOperatorLiftsThat() throws Exception {
        try (LabHarness lab = new LabHarness(Options.simple(), directory)) {
            DeviceRun run = lab.place(0).get(0);
            Sho operator = lab.lab.network().operator();
            byte[] right = Files.readAllBytes(run.device().configuration());
            Lab.tamper(run.device());

            lab.live(run);
            assertThat(run.status()).isEqualTo(3);
            assertThat(operator.holds(Optional.empty()))
                    .extracting(Sho.Hold::device, Sho.Hold::code)
                    .containsExactly(tuple(run.device().ueid(), ResultCode.COMPONENT_MISMATCH));

            Files.write(run.device().configuration(), right);
            lab.live(run);
            StepEvent refusal = run.trace().refusal().orElseThrow();
            assertThat(run.status()).isEqualTo(3);
            assertThat(refusal.step()).isEqualTo(Step.REGISTER_WITH_SHO);
            assertThat(refusal.code()).isEqualTo(ResultCode.COMPONENT_MISMATCH);

            operator.lift(run.device().ueid());
            Outcome outcome = lab.live(run);
            assertThat(outcome.good()).as(outcome.words()).isTrue();
            assertThat(operator.holds(Optional.empty())).isEmpty();
        }
    }
}
