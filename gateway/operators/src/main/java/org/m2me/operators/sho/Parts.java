// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.sho;

import java.time.Instant;
import org.m2me.operators.audit.AuditDebts;
import org.m2me.operators.store.Database;
import org.m2me.operators.store.Outbox;
import org.m2me.operators.wiring.RoleContext;
import org.m2me.protocol.step.Steps;

/** What the parts of a SHO share. */
record Parts(
        RoleContext context,
        ShoSettings settings,
        Database database,
        Outbox outbox,
        AuditDebts audit,
        Contracts contracts,
        HomeSubscriptions subscriptions) {
    /** Of work whose key says all. */
    static final byte[] NOTHING_MORE = new byte[0];

    Steps steps() {
        return context.steps();
    }

    Instant now() {
        return context.clock().instant();
    }
}
