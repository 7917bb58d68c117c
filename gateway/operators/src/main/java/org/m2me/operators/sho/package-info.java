// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

/** Selected home operator (TR 33.812 5.2.5.5.6). */
@NullMarked
package org.m2me.operators.sho;

import org.jspecify.annotations.NullMarked;
