// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

/** The MCIM and the envelope that only one Trusted Environment can open (RFC 5652, RFC 5083, RFC 5753). */
@NullMarked
package org.m2me.protocol.envelope;

import org.jspecify.annotations.NullMarked;
