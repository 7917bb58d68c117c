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
     * A step that was taken.
     *
     * @param carried what was carried, in a few words without secrets
     * @param bytesOut bytes from {@link Step#from()} to {@link Step#to()}
     * @param bytesIn bytes back
     */
    public void taken(Step step, String subject, String carried, int bytesOut, int bytesIn) {
        observer.taken(new StepEvent(step, subject, ResultCode.OK, carried, bytesOut, bytesIn, clock.instant()));
    }

    /**
     * A step that was refused.
     *
     * @param carried what was wrong, in a few words without secrets: the component that differs, the field
     * @throws IllegalArgumentException if the code is no refusal
     */
    public void refused(Step step, String subject, ResultCode code, String carried) {
        if (code == ResultCode.OK) {
            throw new IllegalArgumentException(step + " refused, but the code is OK");
        }
        observer.taken(new StepEvent(step, subject, code, carried, 0, 0, clock.instant()));
    }
}
