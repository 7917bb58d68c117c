// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab;

import org.m2me.lab.device.DeviceRun;
import org.m2me.lab.network.LabSettings;
import org.m2me.operators.Sho;
import org.m2me.operators.Subscriber.Ordered;
import org.m2me.operators.Subscriber.Progress;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.step.Procedure;

/** How a device fares in a change of operator, by what everybody who has a part in it knows. */
final class ChangeOutcome {
    private ChangeOutcome() {}

    static Outcome of(Lab lab, DeviceRun run, Procedure procedure) throws Refused {
        Ordered order = lab.network().subscriber().orders(run.device().ueid()).get(0);
        if (order.progress() != Progress.DONE) {
            return new Outcome(run, false, "order " + order.progress() + ", " + order.code());
        }
        Plmn operator = procedure == Procedure.ADD ? Lab.OPERATOR : Lab.OTHER_OPERATOR;
        if (!run.imsi().startsWith(LabSettings.imsisOf(operator))) {
            return new Outcome(run, false, "on the air as " + run.imsi() + ", not with " + operator);
        }
        if (!subscribes(lab.network().operator(Lab.OTHER_OPERATOR), run)) {
            return new Outcome(run, false, Lab.OTHER_OPERATOR + " knows nothing of a subscription in use");
        }
        boolean leaves = procedure == Procedure.CHANGE || procedure == Procedure.PRISTINE;
        if (leaves && subscribes(lab.network().operator(Lab.OPERATOR), run)) {
            return new Outcome(run, false, Lab.OPERATOR + " still believes in the device");
        }
        return new Outcome(run, true, "is a subscriber of " + operator);
    }

    private static boolean subscribes(Sho operator, DeviceRun run) throws Refused {
        return operator.registrations(run.device().ueid()).stream()
                .anyMatch(standing -> standing.progress() == Sho.Progress.PROVISIONED);
    }
}
