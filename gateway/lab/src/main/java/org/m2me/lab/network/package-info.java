// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

/** Every role, each on its own sockets with its own key and database, and the gateway in front of them. */
@NullMarked
package org.m2me.lab.network;

import org.jspecify.annotations.NullMarked;
