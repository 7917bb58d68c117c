// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

/** What roles owe the regulator's record of what was done. */
@NullMarked
package org.m2me.operators.audit;

import org.jspecify.annotations.NullMarked;
