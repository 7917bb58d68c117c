// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.step;

import java.time.Clock;
import org.m2me.protocol.message.ResultCode;

/** How a role says which step it takes: the observer and the clock that every {@link StepEvent} needs. */
public final class Steps {
    private final StepObserver observer;
    private final Clock clock;

    public Steps(StepObserver observer, Clock clock) {
        this.observer = observer;
        this.clock = clock;
    }

    /**
     * What a step carried.
     *
     * @param what in a few words without secrets; of a refusal the component or field that was wrong
     * @param out bytes from {@link Step#from()} to {@link Step#to()}
     * @param in bytes back
     */
    public record Carried(String what, int out, int in) {}

    /**
     * A step that was taken, or refused.
     *
     * @param subject a UEID in hexadecimal, or before the device is known to the reporter its PCID
     * @param code {@link ResultCode#OK}, or why it was refused
     */
    public void report(Step step, String subject, ResultCode code, Carried carried) {
        observer.taken(
                new StepEvent(step, subject, code, carried.what(), carried.out(), carried.in(), clock.instant()));
    }
}
