// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.regulator;

import java.util.ArrayList;
import java.util.List;
import org.m2me.operators.Regulator;
import org.m2me.operators.Regulator.Page;
import org.m2me.operators.Regulator.Recorded;
import org.m2me.operators.wiring.RoleContext;

/** The whole record of a regulator, as it is after it was verified. */
public final class Chain {
    private Chain() {}

    /** @param context whose anchors the record is verified by */
    public static List<Recorded> verified(Regulator regulator, RoleContext context) {
        try {
            AuditCheck check = new AuditCheck(context.anchors());
            List<Recorded> all = new ArrayList<>();
            Page page;
            do {
                page = regulator.export(all.size());
                check.take(page);
                all.addAll(page.entries());
            } while (page.entries().size() == AuditLog.PAGE);
            if (check.end().number() != all.size()) {
                throw new IllegalStateException("the head is not that of all " + all.size() + " entries");
            }
            return all;
        } catch (Exception broken) {
            throw new IllegalStateException(broken);
        }
    }
}
