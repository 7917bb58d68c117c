// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

/** CoAP over DTLS 1.2 with connection ID; the only package that knows Californium and Scandium. */
@NullMarked
package org.m2me.bridge.coap;

import org.jspecify.annotations.NullMarked;
