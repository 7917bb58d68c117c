// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

/** What is measured: the real files that the agent runs from, in components. */
@NullMarked
package org.m2me.agent.measure;

import org.jspecify.annotations.NullMarked;
