// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators;

import java.util.Optional;

/** A question of a machine's, and who answers it. */
@FunctionalInterface
interface Question {
    Optional<byte[]> ask() throws Exception;
}
