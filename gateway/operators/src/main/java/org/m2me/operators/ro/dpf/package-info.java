// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

/** Download and Provisioning Function (TR 33.812 5.2.5.4.3). */
@NullMarked
package org.m2me.operators.ro.dpf;

import org.jspecify.annotations.NullMarked;
