// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

/** Initial Connectivity Function: vectors and subscription data for PCIDs (TR 33.812 5.2.5.4.4). */
@NullMarked
package org.m2me.operators.ro.icf;

import org.jspecify.annotations.NullMarked;
