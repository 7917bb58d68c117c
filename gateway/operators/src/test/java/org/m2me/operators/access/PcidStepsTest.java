// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.m2me.protocol.identity.Imsi;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Step;
import org.m2me.protocol.step.Steps;

class PcidStepsTest {
    private final List<String> reported = new ArrayList<>();
    private final PcidSteps steps = new PcidSteps(
            new Steps(
                    event -> reported.add(event.step() + " " + event.code()),
                    Clock.fixed(Instant.EPOCH, ZoneOffset.UTC)),
            Optional.of(new Imsi("901700000000001")));

    @Test
    void reportsAStepThatIsTakenAfterItWasRefusedAndThenNoMore() {
        steps.take(Step.PROVIDE_CONNECTIVITY, ResultCode.UNAVAILABLE, "no answer", 0, 0);
        steps.take(Step.PROVIDE_CONNECTIVITY, ResultCode.OK, "bearer", 0, 0);
        steps.take(Step.PROVIDE_CONNECTIVITY, ResultCode.OK, "bearer", 0, 0);
        steps.take(Step.PROVIDE_CONNECTIVITY, ResultCode.UNAVAILABLE, "no answer", 0, 0);

        assertThat(reported).containsExactly("PROVIDE_CONNECTIVITY UNAVAILABLE", "PROVIDE_CONNECTIVITY OK");
    }

    @Test
    void saysOfARefusedAttachWhichStepWasUnderWay() {
        steps.take(Step.CONTACT_ICF, ResultCode.OK, "vectors asked for", 0, 0);

        steps.refused(ResultCode.UNKNOWN_DEVICE, "no such PCID");

        assertThat(reported).containsExactly("CONTACT_ICF OK", "TRANSFER_VECTORS UNKNOWN_DEVICE");
    }
}
