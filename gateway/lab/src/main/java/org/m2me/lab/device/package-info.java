// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

/** Devices: made on a production line, run as processes of their own beside an emulated modem. */
@NullMarked
package org.m2me.lab.device;

import org.jspecify.annotations.NullMarked;
