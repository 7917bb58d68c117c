// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.sho.profile;

/**
 * Something in a source that was not used. None of its texts shows a secret.
 *
 * @param field as its format calls it
 * @param why it was not used
 * @param remedy what its reader can do
 */
public record Finding(String field, String why, String remedy) {}
