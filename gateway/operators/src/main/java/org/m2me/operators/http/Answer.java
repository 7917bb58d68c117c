// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.http;

import java.util.Arrays;
import org.m2me.protocol.message.ResultCode;

/** An answer to an HTTP request; its body is wiped when it was sent. */
final class Answer implements AutoCloseable {
    static final String JSON = "application/json";
    static final String CBOR = "application/cbor";

    private static final int NO_CONTENT = 204;
    private static final int OK = 200;

    private final int status;
    private final String type;
    private final byte[] body;
    private final int length;

    private Answer(int status, String type, byte[] body, int length) {
        this.status = status;
        this.type = type;
        this.body = body;
        this.length = length;
    }

    static Answer ok(String type, byte[] body) {
        return new Answer(OK, type, body, body.length);
    }

    /** Takes the message over. */
    static Answer ok(WireOutput json) {
        return new Answer(OK, JSON, json.content(), json.length());
    }

    static Answer nothing() {
        return new Answer(NO_CONTENT, JSON, new byte[0], 0);
    }

    static Answer of(int status, byte[] json) {
        return new Answer(status, JSON, json, json.length);
    }

    static Answer refusal(ResultCode code, String type, byte[] body) {
        return new Answer(code.status(), type, body, body.length);
    }

    int status() {
        return status;
    }

    String type() {
        return type;
    }

    byte[] body() {
        return body;
    }

    int length() {
        return length;
    }

    @Override
    public void close() {
        Arrays.fill(body, (byte) 0);
    }
}
