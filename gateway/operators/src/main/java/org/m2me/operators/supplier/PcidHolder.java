// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.supplier;

import org.m2me.operators.PcidRecord;

/** A PCID whose key is wiped when it has been used. */
record PcidHolder(PcidRecord record) implements AutoCloseable {
    @Override
    public void close() {
        record.key().close();
    }
}
