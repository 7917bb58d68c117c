// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

/** Integrity Validation Function: keeps each result that the PVA issues. */
@NullMarked
package org.m2me.operators.ivf;

import org.jspecify.annotations.NullMarked;
