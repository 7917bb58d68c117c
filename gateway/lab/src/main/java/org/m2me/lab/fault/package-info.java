// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

/** What may go wrong between the parts of the lab, and the means to make it happen on purpose. */
@NullMarked
package org.m2me.lab.fault;

import org.jspecify.annotations.NullMarked;
