// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

/** M2M equipment supplier, with its Connectivity Credential Issuing Function (TR 33.812 5.2.5.5.3, 5.2.5.4.1). */
@NullMarked
package org.m2me.operators.supplier;

import org.jspecify.annotations.NullMarked;
