// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

/** M2ME user and subscriber (TR 33.812 5.2.5.5.2). */
@NullMarked
package org.m2me.operators.subscriber;

import org.jspecify.annotations.NullMarked;
