// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

/** Smart cards as byte streams: the virtual reader protocol vpcd between a card and whatever reads it. */
@NullMarked
package org.m2me.hal.card;

import org.jspecify.annotations.NullMarked;
