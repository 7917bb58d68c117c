// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.evidence;

import org.m2me.protocol.identity.Opaque;

/**
 * A part of the firmware that was measured: one file, or several under one name whose digest is taken over all of them.
 *
 * @param name at most 32 characters: {@code runtime}, {@code agent}, {@code config}
 * @param version at most 32 characters, may be empty
 * @param sha256 32 bytes
 */
public record MeasuredComponent(String name, String version, Opaque sha256) {}
