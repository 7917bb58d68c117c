// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

/** What a board offers to the agent: modem, networks, storage, watchdog, lights, tamper input, trusted environment. */
@NullMarked
package org.m2me.hal;

import org.jspecify.annotations.NullMarked;
