// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

/** The whole system on a laptop, from one command. */
@NullMarked
package org.m2me.lab;

import org.jspecify.annotations.NullMarked;
