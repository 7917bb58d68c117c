// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal.emulated;

import java.util.List;

/** Performs one command of the emulated modem. */
interface AtHandler {
    /** Returns information lines; OK follows them. */
    List<String> handle(AtRequest request, AtTerminal terminal) throws AtRefusal;
}
