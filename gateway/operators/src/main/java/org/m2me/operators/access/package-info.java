// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

/** An access network: attach, AKA, sessions and the packet filter of each APN. */
@NullMarked
package org.m2me.operators.access;

import org.jspecify.annotations.NullMarked;
