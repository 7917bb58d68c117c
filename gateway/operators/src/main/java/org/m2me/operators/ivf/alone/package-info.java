// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

/** An IVF that stands alone, in front of another verifier that issues EAR tokens. */
@NullMarked
package org.m2me.operators.ivf.alone;

import org.jspecify.annotations.NullMarked;
