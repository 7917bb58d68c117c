// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

/** Authentication and key agreement: Milenage, TUAK, sequence numbers (TS 33.102, TS 35.206, TS 35.231). */
@NullMarked
package org.m2me.protocol.aka;

import org.jspecify.annotations.NullMarked;
