// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Procedure;
import org.m2me.protocol.step.Step;
import org.m2me.protocol.step.StepEvent;

class TracesTest {
    private static final Instant START = Instant.parse("2026-11-22T12:00:00Z");

    private final Traces traces = new Traces();

    @Test
    void joinsWhatIsReportedUnderThePcidAndUnderTheUeid() {
        DeviceTrace trace = traces.open(START, "01aa", "901700000000001");

        traces.taken(event(Step.ATTACH_WITH_PCID, "901700000000001", ResultCode.OK, 10));
        traces.taken(event(Step.CONTACT_RO, "01aa", ResultCode.OK, 30));

        assertThat(trace.taken()).containsExactly(Step.ATTACH_WITH_PCID, Step.CONTACT_RO);
        assertThat(trace.lasted(trace.events().get(1))).isEqualTo(Duration.ofMillis(20));
    }

    @Test
    void leavesOutWhatConcernsNobodyHere() {
        DeviceTrace trace = traces.open(START, "01aa");

        traces.taken(event(Step.CONTACT_RO, "01bb", ResultCode.OK, 10));

        assertThat(trace.events()).isEmpty();
    }

    @Test
    void keepsARefusalApartFromTheStepsThatWereTaken() {
        DeviceTrace trace = traces.open(START, "01aa");

        traces.taken(event(Step.VALIDATE, "01aa", ResultCode.COMPONENT_MISMATCH, 10));

        assertThat(trace.taken()).isEmpty();
        assertThat(trace.refusal()).map(StepEvent::code).contains(ResultCode.COMPONENT_MISMATCH);
    }

    @Test
    void expectsTheFourteenStepsOverAVisitedNetwork() {
        assertThat(DeviceTrace.expected(Procedure.INITIAL, true))
                .extracting(step -> Procedure.INITIAL.number(step).orElseThrow())
                .containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14);
    }

    @Test
    void expectsNoIcfOverANonCellularProvider() {
        assertThat(DeviceTrace.expected(Procedure.INITIAL, false))
                .startsWith(Step.N3G_ACCESS, Step.N3G_CONNECTIVITY, Step.CONTACT_RO)
                .doesNotContain(Step.CONTACT_ICF, Step.TRANSFER_VECTORS)
                .endsWith(Step.REPORT_STATUS);
    }

    private static StepEvent event(Step step, String subject, ResultCode code, long afterMs) {
        return new StepEvent(step, subject, code, "", 0, 0, START.plusMillis(afterMs));
    }
}
