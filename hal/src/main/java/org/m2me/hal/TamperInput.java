// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal;

/**
 * Tells whether somebody opened the case. It stays opened, over restarts too, until a person who has looked says otherwise
 * at the board itself: a switch that forgets is read into something that does not.
 */
public interface TamperInput {
    boolean isOpened();

    /** Called once when the case is opened, on a thread of the board's. */
    void onOpened(Runnable listener);
}
