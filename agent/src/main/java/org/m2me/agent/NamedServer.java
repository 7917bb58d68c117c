// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent;

import java.time.Instant;
import java.util.Optional;

/**
 * A server that the owner has named, as {@code agent status} tells of it.
 *
 * @param address coaps://HOST:PORT
 * @param inUse whether it is the one that is asked now; else the gateway is
 * @param silentSince present when it did not answer last: since when it has not
 */
public record NamedServer(String address, boolean inUse, Optional<Instant> silentSince) {}
