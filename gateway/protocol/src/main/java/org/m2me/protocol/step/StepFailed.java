// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.step;

import org.m2me.protocol.message.ResultCode;

/** A step that was refused or could not be taken. Only the step and the code may cross the wire; the detail is for the log. */
public final class StepFailed extends Exception {
    private static final long serialVersionUID = 1L;

    private final Step step;
    private final ResultCode code;

    /** @param detail what the log says, without secrets */
    public StepFailed(Step step, ResultCode code, String detail) {
        super("step " + step.number() + " " + step + ": " + code + ": " + detail);
        this.step = step;
        this.code = code;
    }

    /** The step that failed. */
    public Step step() {
        return step;
    }

    /** Why, as told to the peer. */
    public ResultCode code() {
        return code;
    }
}
