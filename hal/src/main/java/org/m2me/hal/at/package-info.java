// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

/** Modems that are driven by AT commands (V.250, TS 27.007). */
@NullMarked
package org.m2me.hal.at;

import org.jspecify.annotations.NullMarked;
