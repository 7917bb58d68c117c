// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

/** Non-3GPP initial connectivity provider (TR 33.812 5.2.5.5.7). */
@NullMarked
package org.m2me.operators.n3gicp;

import org.jspecify.annotations.NullMarked;
