// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

/** Connections that last: who is let in, how many, and for how long. */
@NullMarked
package org.m2me.operators.stream;

import org.jspecify.annotations.NullMarked;
