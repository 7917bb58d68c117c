// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

/** CoAP over DTLS 1.2 with connection ID; the only package of the agent that knows Californium and Scandium. */
@NullMarked
package org.m2me.agent.coap;

import org.jspecify.annotations.NullMarked;
