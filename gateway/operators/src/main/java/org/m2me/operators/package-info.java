// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

/** The roles of TR 33.812 5.2.5.5 as interfaces: what one may ask of another, in process or over HTTP. */
@NullMarked
package org.m2me.operators;

import org.jspecify.annotations.NullMarked;
