// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

/** Discovery and Registration Function (TR 33.812 5.2.5.4.2). */
@NullMarked
package org.m2me.operators.ro.drf;

import org.jspecify.annotations.NullMarked;
