// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.access;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.m2me.protocol.identity.Imsi;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Step;
import org.m2me.protocol.step.Steps;

/** Reports steps 1 to 4 of one attach with a PCID, each once when it is taken; nothing for any other subscription. */
final class PcidSteps {
    private final Steps steps;
    private final Optional<Imsi> pcid;
    private final Set<Step> taken = EnumSet.noneOf(Step.class);

    PcidSteps(Steps steps, Optional<Imsi> pcid) {
        this.steps = steps;
        this.pcid = pcid;
    }

    /**
     * A step was taken or refused.
     *
     * @param out bytes from who takes the step to who is reached by it: messages on the air, contents between networks
     * @param in bytes back
     */
    void take(Step step, ResultCode code, String carried, int out, int in) {
        if (pcid.isPresent() && (code == ResultCode.OK ? taken.add(step) : !taken.contains(step))) {
            steps.report(step, pcid.get().digits(), code, new Steps.Carried(carried, out, in));
        }
    }

    /** The attach ends here: says so of the step that was under way. */
    void refused(ResultCode code, String detail) {
        boolean asked = taken.contains(Step.CONTACT_ICF);
        boolean answered = taken.contains(Step.TRANSFER_VECTORS);
        Step underWay = answered ? Step.PROVIDE_CONNECTIVITY : asked ? Step.TRANSFER_VECTORS : Step.CONTACT_ICF;
        take(underWay, code, detail, 0, 0);
    }
}
