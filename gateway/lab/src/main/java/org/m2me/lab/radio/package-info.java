// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

/** The device's end of the emulated air: what an emulated modem or WLAN module needs to reach a network over loopback. */
@NullMarked
package org.m2me.lab.radio;

import org.jspecify.annotations.NullMarked;
