// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

/** COSE_Sign1 and COSE_Key (RFC 9052, RFC 9053). */
@NullMarked
package org.m2me.protocol.cose;

import org.jspecify.annotations.NullMarked;
