// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

/** The program on the device: attaches, registers, proves itself, installs its subscription and goes to work. */
@NullMarked
package org.m2me.agent;

import org.jspecify.annotations.NullMarked;
