// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.message;

/** A request that was understood and refused. The peer is told the {@link #code()}; the message is for the log. */
public final class Refused extends Exception {
    private static final long serialVersionUID = 1L;

    private final ResultCode code;
    private final String detail;

    /** @param detail what the log says: names the field, the fault and what to do, without secrets */
    public Refused(ResultCode code, String detail) {
        super(code + ": " + detail);
        this.code = code;
        this.detail = detail;
    }

    /** What the peer is told. */
    public ResultCode code() {
        return code;
    }

    /** The reason alone, for a place that shows the code beside it. */
    public String detail() {
        return detail;
    }
}
