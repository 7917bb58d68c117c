// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

/** The gateway: devices on one side by CoAP over DTLS, the roles on the other by HTTP with mutual TLS. */
@NullMarked
package org.m2me.bridge;

import org.jspecify.annotations.NullMarked;
