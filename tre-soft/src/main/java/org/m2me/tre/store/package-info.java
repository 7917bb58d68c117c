// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

/** What survives power loss: a lock, a root secret, and one sealed state in two copies. */
@NullMarked
package org.m2me.tre.store;

import org.jspecify.annotations.NullMarked;
