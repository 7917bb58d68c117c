// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators;

/** A peer role could not be reached or gave no answer. Whether it acted is unknown: calls are made to be repeated. */
public final class Unavailable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public Unavailable(String message, Throwable why) {
        super(message, why);
    }
}
