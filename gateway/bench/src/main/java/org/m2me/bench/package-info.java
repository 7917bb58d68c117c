// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

/** Benchmarks: each is one command, and prints what it measured. */
@NullMarked
package org.m2me.bench;

import org.jspecify.annotations.NullMarked;
