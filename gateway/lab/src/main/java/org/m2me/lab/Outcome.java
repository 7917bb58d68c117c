// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab;

import java.util.List;
import java.util.Optional;
import org.m2me.lab.device.DeviceRun;
import org.m2me.lab.trace.DeviceTrace;
import org.m2me.operators.Subscriber;
import org.m2me.operators.Unavailable;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Procedure;
import org.m2me.protocol.step.Step;
import org.m2me.protocol.step.StepEvent;

/**
 * How a device fared against what should have become of it.
 *
 * @param run the device
 * @param good whether it ended as it should: provisioned and at work, or if it was tampered with, refused for that
 * @param words why not, or what it has
 */
public record Outcome(DeviceRun run, boolean good, String words) {
    /** Judges a device whose agent has ended, by what the network knows of it. */
    static Outcome of(DeviceRun run, boolean cellular, Subscriber subscriber) {
        return run.isTampered() ? ofTampered(run) : ofSound(run, cellular, subscriber);
    }

    private static Outcome ofTampered(DeviceRun run) {
        Optional<StepEvent> refusal = run.trace().refusal();
        boolean good = refusal.filter(event -> event.step() == Step.VALIDATE)
                .filter(event -> event.code() == ResultCode.COMPONENT_MISMATCH)
                .isPresent();
        boolean delivered = run.trace().taken().contains(Step.DOWNLOAD_MCIM);
        return new Outcome(
                run,
                good && !delivered,
                refusal.map(event -> "refused at step "
                                + Procedure.INITIAL.number(event.step()).orElseThrow() + ": " + event.carried())
                        .orElse("was changed in the field and not refused"));
    }

    private static Outcome ofSound(DeviceRun run, boolean cellular, Subscriber subscriber) {
        List<Step> missing = DeviceTrace.expected(Procedure.INITIAL, cellular).stream()
                .filter(step -> !run.trace().taken().contains(step))
                .toList();
        if (!missing.isEmpty()) {
            String reason = run.trace()
                    .refusal()
                    .map(event -> event.code() + ": " + event.carried())
                    .orElse("agent ended with status " + run.status() + " in state " + run.state() + ", see "
                            + run.device().log());
            return new Outcome(
                    run,
                    false,
                    "did not get to step "
                            + Procedure.INITIAL.number(missing.get(0)).orElseThrow() + ": " + reason);
        }
        try {
            boolean atWork = !subscriber.telemetry(run.device().ueid()).isEmpty();
            return new Outcome(run, atWork, atWork ? "provisioned and at work" : "sent no telemetry");
        } catch (Refused | Unavailable unknown) {
            return new Outcome(run, false, "telemetry: " + unknown);
        }
    }
}
