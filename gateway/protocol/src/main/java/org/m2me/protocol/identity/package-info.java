// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

/** Names of devices, subscriptions and networks. */
@NullMarked
package org.m2me.protocol.identity;

import org.jspecify.annotations.NullMarked;
