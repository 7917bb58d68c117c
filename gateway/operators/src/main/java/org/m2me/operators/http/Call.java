// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.http;

import java.util.Map;

/**
 * A request as it arrived.
 *
 * @param path decoded
 * @param query the last value of each name
 */
@SuppressWarnings("ArrayRecordComponent") // it never is compared
record Call(Caller caller, String verb, String path, Map<String, String> query, byte[] body) {}
