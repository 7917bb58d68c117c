// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

/** What a person sees. */
@NullMarked
package org.m2me.lab.console;

import org.jspecify.annotations.NullMarked;
