// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

/** The procedures, step by step, in the specification's numbers and words (TR 33.812 5.1.3.7.1, 5.2.5.6). */
@NullMarked
package org.m2me.protocol.step;

import org.jspecify.annotations.NullMarked;
