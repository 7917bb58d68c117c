// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.crypto;

/** A signature, tag or structure that does not verify. The message says which, never what was inside. */
public class ForgedException extends Exception {
    private static final long serialVersionUID = 1L;

    public ForgedException(String message) {
        super(message);
    }
}
