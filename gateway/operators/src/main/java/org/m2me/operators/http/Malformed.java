// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.http;

/** A message that is no such call. Names the field, never its content. */
final class Malformed extends Exception {
    private static final long serialVersionUID = 1L;

    private final String field;

    Malformed(String field, String what) {
        super((field.isEmpty() ? "message" : field) + ": " + what);
        this.field = field;
    }

    /** Path of the field: {@code order.registration}; empty for the message as a whole. */
    String field() {
        return field;
    }
}
