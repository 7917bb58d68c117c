// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

/** Visited network operator (TR 33.812 5.2.5.5.5). */
@NullMarked
package org.m2me.operators.vno;

import org.jspecify.annotations.NullMarked;
