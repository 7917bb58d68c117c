// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.command;

/** Nothing can be done with what a command was given: its message says what is wrong, for the person who gave it. */
public final class Unusable extends Exception {
    private static final long serialVersionUID = 1L;

    public Unusable(String message) {
        super(message);
    }
}
