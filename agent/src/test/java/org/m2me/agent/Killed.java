// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent;

/** The power failed. Nothing in the agent may catch it. */
final class Killed extends Error {
    private static final long serialVersionUID = 1L;
}
