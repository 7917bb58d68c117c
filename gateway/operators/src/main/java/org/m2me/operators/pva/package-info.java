// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

/** Platform validation authority (TR 33.812 5.1.3.6.8). */
@NullMarked
package org.m2me.operators.pva;

import org.jspecify.annotations.NullMarked;
