// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

/** The Trusted Environment in software: keys, sealed state, measurements, evidence, subscriptions. */
@NullMarked
package org.m2me.tre;

import org.jspecify.annotations.NullMarked;
