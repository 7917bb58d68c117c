// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

/** Which roles share a process, and how each reaches the others. */
@NullMarked
package org.m2me.operators.wiring;

import org.jspecify.annotations.NullMarked;
