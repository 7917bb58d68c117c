// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

/** Subscriptions that other tools made, as they come in files. */
@NullMarked
package org.m2me.operators.sho.profile;

import org.jspecify.annotations.NullMarked;
