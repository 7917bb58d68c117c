// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

/** P-256, HKDF and the one home of secret bytes. */
@NullMarked
package org.m2me.protocol.crypto;

import org.jspecify.annotations.NullMarked;
