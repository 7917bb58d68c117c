// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal;

/** Tells whether somebody opened the case. */
public interface TamperInput {
    boolean isOpened();

    /** Called once when the case is opened, on a thread of the board's. */
    void onOpened(Runnable listener);
}
