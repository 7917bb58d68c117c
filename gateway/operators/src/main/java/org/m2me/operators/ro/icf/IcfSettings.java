// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.ro.icf;

import java.util.List;
import java.util.Optional;
import org.m2me.operators.AuthenticationCentre.ApnProfile;
import org.m2me.operators.gsup.GsupSettings;
import org.m2me.protocol.identity.Plmn;

/**
 * What initial connectivity is good for.
 *
 * @param plmns whose PCIDs it answers for
 * @param initialApn the only access point of every PCID: where its packets may go, the way to RO and PVA, and how many
 *     bytes; 0 is no limit
 * @param sessionsMax sessions until a PCID is refused: enough for a provisioning that is cut off again and again
 * @param gsup present to be also the HLR of visited networks' own equipment
 */
public record IcfSettings(List<Plmn> plmns, ApnProfile initialApn, int sessionsMax, Optional<GsupSettings> gsup) {
    /** Bytes that a PCID may move by default: some hundred provisionings. */
    public static final long QUOTA = 1_000_000;

    /** Sessions of a PCID by default. */
    public static final int SESSIONS_MAX = 50;

    public IcfSettings {
        if (plmns.isEmpty() || initialApn.allowed().isEmpty() || sessionsMax < 1) {
            throw new IllegalArgumentException("ICF: wants a PLMN, a destination, and at least one session for a PCID");
        }
    }
}
