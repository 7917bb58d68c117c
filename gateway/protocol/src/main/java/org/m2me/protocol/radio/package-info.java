// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

/** The attach and session messages of GPRS (TS 24.008), the user plane behind them (TS 29.281), and access that is not 3GPP. */
@NullMarked
package org.m2me.protocol.radio;

import org.jspecify.annotations.NullMarked;
