// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

/** The roles as the gateway reaches them: HTTP with mutual TLS, messages unchanged. */
@NullMarked
package org.m2me.bridge.role;

import org.jspecify.annotations.NullMarked;
