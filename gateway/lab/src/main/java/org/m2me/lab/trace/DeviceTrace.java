// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab.trace;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Procedure;
import org.m2me.protocol.step.Step;
import org.m2me.protocol.step.StepEvent;

/** The steps of one device's procedure, in the order in which the roles reported them. */
public final class DeviceTrace {
    private final List<StepEvent> events = new ArrayList<>();
    private Instant started;
    private Procedure procedure = Procedure.INITIAL;

    /** @param started when the device was switched on */
    public DeviceTrace(Instant started) {
        this.started = started;
    }

    /**
     * The steps that a good run takes, in order, when the PVA is asked for everything.
     *
     * @param cellular whether access is by a 3GPP network
     */
    public static List<Step> expected(Procedure procedure, boolean cellular) {
        EnumSet<Step> steps = EnumSet.copyOf(procedure.steps());
        steps.removeAll(
                cellular
                        ? EnumSet.of(Step.N3G_ACCESS, Step.N3G_CONNECTIVITY)
                        : EnumSet.range(Step.ATTACH_WITH_PCID, Step.PROVIDE_CONNECTIVITY));
        return List.copyOf(steps);
    }

    /** From now on the device goes through this procedure; what it did before is forgotten. */
    public synchronized void begin(Procedure next, Instant at) {
        procedure = next;
        started = at;
        events.clear();
    }

    /** What the device goes through. */
    public synchronized Procedure procedure() {
        return procedure;
    }

    /** @return whether the event is a step of the device's procedure */
    synchronized boolean add(StepEvent event) {
        return procedure.number(event.step()).isPresent() && events.add(event);
    }

    /** A copy of what was reported so far. */
    public synchronized List<StepEvent> events() {
        return List.copyOf(events);
    }

    /** The steps that were taken and not refused, in order. */
    public synchronized List<Step> taken() {
        return events.stream()
                .filter(event -> event.code() == ResultCode.OK)
                .map(StepEvent::step)
                .toList();
    }

    /** The last refusal, if there was one. */
    public synchronized Optional<StepEvent> refusal() {
        return events.stream().filter(event -> event.code() != ResultCode.OK).reduce((earlier, later) -> later);
    }

    /** Time from the event before (or from switching on) to this one. */
    public synchronized Duration lasted(StepEvent event) {
        int index = events.indexOf(event);
        Instant before = index > 0 ? events.get(index - 1).at() : started;
        return Duration.between(before, event.at());
    }

    /** Time from switching on to the last event. */
    public synchronized Duration lasted() {
        return events.isEmpty()
                ? Duration.ZERO
                : Duration.between(started, events.get(events.size() - 1).at());
    }
}
