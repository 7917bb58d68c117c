// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

/** Deterministic CBOR (RFC 8949 section 4.2), decoded strictly. */
@NullMarked
package org.m2me.protocol.cbor;

import org.jspecify.annotations.NullMarked;
