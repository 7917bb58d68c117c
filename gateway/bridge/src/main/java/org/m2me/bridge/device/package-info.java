// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

/** A device's request and answer, whatever transport carries them, and the limits that every transport keeps. */
@NullMarked
package org.m2me.bridge.device;

import org.jspecify.annotations.NullMarked;
