// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.ivf;

import org.m2me.operators.wiring.RoleContext;
import org.m2me.protocol.pki.Certificate;

/** A real IVF of which a few devices fill a list. */
public final class ShortLists {
    private ShortLists() {}

    /** @param length devices in one list of whose results are void */
    public static IvfRole of(RoleContext context, Certificate pva, int length) {
        return new IvfRole(context, pva, length);
    }
}
