// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.step;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.m2me.protocol.message.ResultCode;

class StepTest {
    /** Who reaches whom in TR 33.812 5.1.3.7.1, one line for each of its sentences 1 to 14. */
    private static final List<String> SPECIFICATION = List.of(
            "1 M2ME VNO", // attaches to the network of any VNO … sends a PCID to the VNO
            "2 VNO RO (ICF)", // The VNO contacts an RO's (ICF)
            "3 RO (ICF) VNO", // The RO transfers AVs for the claimed PCID to the VNO
            "4 VNO M2ME", // the VNO provides IP connectivity for the M2ME
            "5 M2ME RO (DRF)", // The M2ME connects to the RO
            "6 RO (DRF) RO (DRF)", // the RO itself discovers the correct SHO
            "7 RO (DRF) SHO", // The RO connects to the SHO and registers the M2ME
            "8 SHO PVA", // The SHO requests a PVA
            "9 PVA M2ME", // The PVA validates the authenticity and integrity of the M2ME
            "10 PVA SHO", // The PVA sends the validation results back to the SHO
            "11 SHO RO (DPF)", // The SHO … contacts the RO (DPF function) and authorizes
            "12 RO (DPF) M2ME", // The RO (DPF function) downloads a MCIM object to the M2ME
            "13 M2ME RO (DPF)", // The M2ME … reports the success/failure status … to the RO (DPF function)
            "14 RO (DPF) SHO"); // The RO (DPF function) reports … back to the SHO

    @Test
    void followsTheSpecificationStepByStep() {
        List<String> over3gpp = Arrays.stream(Step.values())
                .filter(step -> !step.name().startsWith("N3G_"))
                .map(StepTest::line)
                .toList();
        assertThat(over3gpp).isEqualTo(SPECIFICATION);
    }

    @Test
    void overNon3gppAccessTwoStepsStandForTheFirstFour() {
        // 5.2.5.6.2: access without 3GPP authentication, then connectivity; from step 5 on it is the same.
        List<String> instead = Arrays.stream(Step.values())
                .filter(step -> step.name().startsWith("N3G_"))
                .map(StepTest::line)
                .toList();
        assertThat(instead).containsExactly("1 M2ME N3G-ICP", "4 N3G-ICP M2ME");
    }

    @Test
    void isWrittenInTheReadmeAsItIsInTheCode() throws IOException {
        List<String> table = Files.readAllLines(Path.of("README.md")).stream()
                .filter(line -> line.matches("\\| \\d+ .*"))
                .toList();
        assertThat(table)
                .isEqualTo(Arrays.stream(Step.values()).map(StepTest::row).toList());
    }

    @Test
    void everyStepHasALimit() {
        assertThat(Step.values()).allMatch(step -> step.limit().toSeconds() > 0);
    }

    @Test
    void reportsWhatWasTakenAndWhatWasRefused() {
        Instant now = Instant.parse("2026-11-22T06:00:00Z");
        List<StepEvent> events = new ArrayList<>();
        Steps steps = new Steps(events::add, Clock.fixed(now, ZoneOffset.UTC));
        steps.report(Step.CONTACT_RO, "01aa", ResultCode.OK, new Steps.Carried("registration", 29, 401));
        steps.report(Step.VALIDATE, "01aa", ResultCode.COMPONENT_MISMATCH, new Steps.Carried("config", 0, 0));
        assertThat(events)
                .containsExactly(
                        new StepEvent(Step.CONTACT_RO, "01aa", ResultCode.OK, "registration", 29, 401, now),
                        new StepEvent(Step.VALIDATE, "01aa", ResultCode.COMPONENT_MISMATCH, "config", 0, 0, now));
    }

    private static String line(Step step) {
        return step.number() + " " + step.from().label() + " " + step.to().label();
    }

    private static String row(Step step) {
        return "| "
                + String.join(
                        " | ",
                        Integer.toString(step.number()),
                        "`" + step + "`",
                        step.from().label(),
                        step.to().label(),
                        step.words(),
                        "`" + step.onFailure() + "`")
                + " |";
    }
}
