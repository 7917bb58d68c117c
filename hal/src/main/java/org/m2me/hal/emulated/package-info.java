// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

/** A board without hardware: modem and WLAN module that speak AT on a socket and reach a network through a Radio. */
@NullMarked
package org.m2me.hal.emulated;

import org.jspecify.annotations.NullMarked;
