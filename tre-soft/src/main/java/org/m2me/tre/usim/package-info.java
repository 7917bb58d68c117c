// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

/** The USIM as a card of commands and files (TS 102 221, TS 31.102). */
@NullMarked
package org.m2me.tre.usim;

import org.jspecify.annotations.NullMarked;
