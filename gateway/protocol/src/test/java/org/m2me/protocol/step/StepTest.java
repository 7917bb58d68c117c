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
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
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

    /** TR 33.812 5.1.3.8.4.2, one line for each of its sentences; more where a sentence is more than one step here. */
    private static final List<String> CHANGE = List.of(
            "1 M2ME U/S SHO", // The M2ME subscriber contacts the NEW SHO and transfers the M2ME's parameters
            "2 M2ME U/S M2ME", // The M2ME subscriber contacts the M2ME and instructs it
            "3 SHO PVA", // requests the PVA to validate the authenticity … and inquires an IVF
            "4 IVF SHO", // the IVF provides the integrity validation result to the new SHO
            "4 SHO PVA", // NOTE: If … not available …, the new SHO shall request the PVA
            "4 PVA M2ME", // Otherwise, the PVA validates the authenticity and integrity
            "5 PVA SHO", // the PVA indicates to the new SHO the successful status
            "6 SHO RO (DPF)", // The new SHO sends its MCIM to the RO (DPF function)
            "7 RO (DPF) M2ME", // The RO securely sends the new MCIM to the M2ME
            "8 M2ME M2ME", // the M2ME discards the current AVs and other MCIM credentials
            "9 M2ME OSHO", // The M2ME sends a message to the old SHO
            "10 OSHO M2ME", // The old SHO sends an acknowledgment to the M2ME
            "11 M2ME RO (DPF)", // sends the acknowledgement message to the RO (DPF function), which relays it
            "12 M2ME RO (DPF)", // provisions, with the aid of the RO (DPF function), the new MCIM … into the TRE
            "13 RO (DPF) SHO", // The RO (DPF function) reports the success/failure status
            "14 SHO RO (DRF)"); // The new SHO sends a message to the RO to register the M2ME

    /** TR 33.812 5.1.3.8.4.3. */
    private static final List<String> PRISTINE = List.of(
            "1 M2ME U/S SHO", // The M2ME subscriber contacts the new SHO
            "2 M2ME U/S M2ME", // The M2ME subscriber contacts the M2ME and instructs it
            "3 M2ME M2ME", // The M2ME removes the old SHO's MCIM
            "4 M2ME VNO", // attaches to the network of any VNO … sends its PCID
            "5 VNO RO (ICF)", // The VNO contacts an RO (ICF function)
            "5 RO (ICF) VNO", // The RO transfers Authentication Vectors
            "6 VNO M2ME", // the VNO provides IP connectivity
            "7 M2ME RO (DRF)", // The M2ME connects to the DRF of the RO
            "8 RO (DRF) RO (DRF)", // The RO (DRF function) aids the M2ME to find the new SHO
            "8 RO (DRF) SHO",
            "9 SHO PVA", // requests a PVA to validate the authenticity … and inquires an IVF
            "10 IVF SHO", // the IVF provides the integrity validation result
            "10 SHO PVA",
            "10 PVA M2ME",
            "11 PVA SHO", // sends the … results back to the new SHO
            "12 SHO RO (DPF)", // authorises … its DPF to provision the MCIM
            "13 RO (DPF) M2ME", // downloads a MCIM object to the M2ME
            "14 M2ME RO (DPF)", // provisions the downloaded MCIM … and reports
            "15 RO (DPF) SHO"); // reports … back to the new SHO

    @Test
    void initialProvisioningFollowsTheSpecificationStepByStep() {
        assertThat(lines(Procedure.INITIAL)).isEqualTo(SPECIFICATION);
    }

    @Test
    void theChangeOverTheOldOperatorFollowsTheSpecificationStepByStep() {
        assertThat(lines(Procedure.CHANGE)).isEqualTo(CHANGE);
    }

    @Test
    void theChangeByWayOfThePristineStateFollowsTheSpecificationStepByStep() {
        assertThat(lines(Procedure.PRISTINE)).isEqualTo(PRISTINE);
    }

    @Test
    void overNon3gppAccessTwoStepsStandForTheFirstFour() {
        // 5.2.5.6.2: access without 3GPP authentication, then connectivity; from step 5 on it is the same.
        List<String> instead = Procedure.INITIAL.steps().stream()
                .filter(StepTest::isNon3gpp)
                .map(step -> line(Procedure.INITIAL, step))
                .toList();
        assertThat(instead).containsExactly("1 M2ME N3G-ICP", "4 N3G-ICP M2ME");
    }

    @ParameterizedTest
    @EnumSource(Procedure.class)
    void numbersDoNotGoBackAndEndWithTheLast(Procedure procedure) {
        List<Integer> numbers = procedure.steps().stream()
                .filter(step -> !isNon3gpp(step))
                .map(step -> procedure.number(step).orElseThrow())
                .toList();
        assertThat(numbers).isSorted().allMatch(number -> number <= procedure.last());
        assertThat(Procedure.of(procedure.code())).isEqualTo(procedure);
    }

    @Test
    void isWrittenInTheReadmeAsItIsInTheCode() throws IOException {
        List<String> table = Files.readAllLines(Path.of("README.md")).stream()
                .filter(line -> line.matches("\\| `[A-Z0-9_]+` .*"))
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

    private static List<String> lines(Procedure procedure) {
        return procedure.steps().stream()
                .filter(step -> !isNon3gpp(step))
                .map(step -> line(procedure, step))
                .toList();
    }

    private static boolean isNon3gpp(Step step) {
        return step.name().startsWith("N3G_");
    }

    private static String line(Procedure procedure, Step step) {
        return procedure.number(step).orElseThrow() + " " + step.from().label() + " "
                + step.to().label();
    }

    private static String row(Step step) {
        return "| "
                + String.join(
                        " | ",
                        "`" + step + "`",
                        number(Procedure.INITIAL, step),
                        number(Procedure.CHANGE, step),
                        number(Procedure.PRISTINE, step),
                        step.from().label(),
                        step.to().label(),
                        step.words(),
                        "`" + step.onFailure() + "`")
                + " |";
    }

    private static String number(Procedure procedure, Step step) {
        OptionalInt number = procedure.number(step);
        return number.isPresent() ? Integer.toString(number.getAsInt()) : "·";
    }
}
