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
 * @param quarantine how long a released PCID rests before it is given out again: longer than any device that still uses
 *     it stays attached
 */
public record PcidSettings(Plmn operator, ImsiRange imsis, Duration lifetime, Duration quarantine) {
    public PcidSettings {
        if (!operator.isHomeOf(imsis.first())) {
            throw new IllegalArgumentException("PCIDs: " + imsis.first() + " does not belong to " + operator);
        }
    }
}
