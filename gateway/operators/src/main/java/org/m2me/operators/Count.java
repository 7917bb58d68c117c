// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators;

/** How many there are of something, or how often it happened. */
public record Count(String name, long number) {}
