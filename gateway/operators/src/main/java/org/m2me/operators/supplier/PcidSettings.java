// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.supplier;

import java.time.Duration;
import org.m2me.operators.ImsiRange;
import org.m2me.protocol.identity.Plmn;

/**
 * From what somebody makes PCIDs.
 *
 * @param operator whose ICF answers for them
 * @param lifetime of each PCID
 */
public record PcidSettings(Plmn operator, ImsiRange imsis, Duration lifetime) {
    public PcidSettings {
        if (!operator.isHomeOf(imsis.first())) {
            throw new IllegalArgumentException("PCIDs: " + imsis.first() + " does not belong to " + operator);
        }
    }
}
