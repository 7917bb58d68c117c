// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

/** How the device's messages reach the gateway, whatever protocol carries them. */
@NullMarked
package org.m2me.agent.transport;

import org.jspecify.annotations.NullMarked;
