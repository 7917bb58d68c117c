// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

/** What the commands of this module have in common. */
@NullMarked
package org.m2me.operators.command;

import org.jspecify.annotations.NullMarked;
