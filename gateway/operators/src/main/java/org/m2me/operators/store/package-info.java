// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

/** The database: durable before anything is acknowledged. */
@NullMarked
package org.m2me.operators.store;

import org.jspecify.annotations.NullMarked;
