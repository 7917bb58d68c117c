// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

/** Role interfaces over HTTP with mutual TLS and JSON, and the device side of roles for the gateway. */
@NullMarked
package org.m2me.operators.http;

import org.jspecify.annotations.NullMarked;
