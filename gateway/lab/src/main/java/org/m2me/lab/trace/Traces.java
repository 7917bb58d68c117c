// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab.trace;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import org.m2me.protocol.step.StepEvent;
import org.m2me.protocol.step.StepObserver;

/** Sorts the reports of all roles by device: some know it by its UEID, others by its PCID only. */
public final class Traces implements StepObserver {
    private final Map<String, DeviceTrace> bySubject = new ConcurrentHashMap<>();
    private final List<BiConsumer<DeviceTrace, StepEvent>> listeners = new CopyOnWriteArrayList<>();

    /** Starts the trace of a device that is known by these names. */
    public DeviceTrace open(Instant switchedOn, String... subjects) {
        DeviceTrace trace = new DeviceTrace(switchedOn);
        for (String subject : subjects) {
            bySubject.put(subject, trace);
        }
        return trace;
    }

    /** From now on the device of a trace is known by this name too. */
    public void name(DeviceTrace trace, String subject) {
        bySubject.put(subject, trace);
    }

    /** Called for each event after it was added, on the thread of the role that reported it. */
    public void onEvent(BiConsumer<DeviceTrace, StepEvent> listener) {
        listeners.add(listener);
    }

    @Override
    public void taken(StepEvent event) {
        Optional.ofNullable(bySubject.get(event.subject())).ifPresent(trace -> {
            if (trace.add(event)) {
                listeners.forEach(listener -> listener.accept(trace, event));
            }
        });
    }
}
