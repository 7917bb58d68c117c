// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

/** What happened to each device: steps taken, bytes on the air. */
@NullMarked
package org.m2me.lab.trace;

import org.jspecify.annotations.NullMarked;
