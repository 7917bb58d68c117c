// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

/** The regulator: rules and consent before an authorisation, and the record of what was done. */
@NullMarked
package org.m2me.operators.regulator;

import org.jspecify.annotations.NullMarked;
