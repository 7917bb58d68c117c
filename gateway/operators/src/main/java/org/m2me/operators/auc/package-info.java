// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

/** The authentication centre that the ICF and every home operator have (TS 33.102 6.3). */
@NullMarked
package org.m2me.operators.auc;

import org.jspecify.annotations.NullMarked;
