// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

/** GSUP over IPA: how core networks that are not ours ask for vectors and subscriptions, and how we ask theirs. */
@NullMarked
package org.m2me.operators.gsup;

import org.jspecify.annotations.NullMarked;
