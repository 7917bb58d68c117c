// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.access;

import java.time.Clock;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.m2me.protocol.identity.Imsi;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Step;
import org.m2me.protocol.step.StepEvent;
import org.m2me.protocol.step.StepObserver;

/** Reports steps 1 to 4 of one attach with a PCID, each once when it is taken; nothing for any other subscription. */
final class PcidSteps {
    private final StepObserver observer;
    private final Clock clock;
    private final Optional<Imsi> pcid;
    private final Set<Step> taken = EnumSet.noneOf(Step.class);

    PcidSteps(StepObserver observer, Clock clock, Optional<Imsi> pcid) {
        this.observer = observer;
        this.clock = clock;
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
            observer.taken(new StepEvent(step, pcid.get().digits(), code, carried, out, in, clock.instant()));
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
