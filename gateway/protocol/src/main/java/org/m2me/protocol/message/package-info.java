// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

/** What the device and the network say to each other, the same over every transport; described in messages.cddl. */
@NullMarked
package org.m2me.protocol.message;

import org.jspecify.annotations.NullMarked;
