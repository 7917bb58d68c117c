// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

/** Fleets that change to this operator: plans, their pace, and what became of each device. */
@NullMarked
package org.m2me.operators.sho.campaign;

import org.jspecify.annotations.NullMarked;
