// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.store;

import org.jspecify.annotations.Nullable;

/** The database could not do its work: full, locked, damaged. Nothing of the transaction was kept; it may be tried again. */
public final class StorageFailed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    StorageFailed(String message, @Nullable Throwable why) {
        super(message, why);
    }
}
