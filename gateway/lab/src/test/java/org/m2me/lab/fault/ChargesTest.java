// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.m2me.lab.radio.Carried.Session;
import org.m2me.operators.access.UserPlane;
import org.m2me.protocol.identity.Imsi;

/** What counts as a byte that is charged once. */
class ChargesTest {
    private static final String IMSI = "262010000000001";
    private static final Session OVER = new Session(5_000, 0, true);
    private static final Session OVER_AND_UNHEARD = new Session(800, 300, true);
    private static final Session OPEN = new Session(3_000, 0, false);
    private static final Session OPEN_AND_REPORTED = new Session(UserPlane.REPORT_STEP + 500, 0, false);

    private static List<String> broken(long charged, Session... sessions) {
        return broken(true, charged, sessions);
    }

    private static List<String> broken(boolean told, long charged, Session... sessions) {
        return new Charges(Map.of(new Imsi(IMSI), charged), told).broken(Map.of(IMSI, List.of(sessions)));
    }

    @Test
    void everyByteOfASessionThatIsOverIsChargedOnce() {
        assertThat(broken(5_000, OVER)).isEmpty();
        assertThat(broken(10_000, OVER, OVER)).isEmpty();
        assertThat(broken(4_999, OVER)).isNotEmpty();
        assertThat(broken(5_001, OVER)).isNotEmpty();
        assertThat(broken(10_000, OVER)).singleElement().asString().contains(IMSI, "10000 bytes, not 5000 to 5000");
    }

    @Test
    void whatNobodyAnsweredAtTheEndMayNotHaveBeenCarried() {
        assertThat(broken(800, OVER_AND_UNHEARD)).isEmpty();
        assertThat(broken(500, OVER_AND_UNHEARD)).isEmpty();
        assertThat(broken(499, OVER_AND_UNHEARD)).isNotEmpty();
        assertThat(broken(801, OVER_AND_UNHEARD)).isNotEmpty();
    }

    @Test
    void aSessionThatIsOpenIsChargedOnlyWhereItWasWorthAReport() {
        assertThat(broken(5_000, OVER, OPEN)).isEmpty();
        assertThat(broken(5_001, OVER, OPEN)).isNotEmpty();
        assertThat(broken(UserPlane.REPORT_STEP, OPEN_AND_REPORTED)).isEmpty();
        assertThat(broken(UserPlane.REPORT_STEP + 501, OPEN_AND_REPORTED)).isNotEmpty();
    }

    @Test
    void whereHomesAreNotToldNothingIsMissing() {
        assertThat(broken(false, 0, OVER)).isEmpty();
        assertThat(broken(false, 5_001, OVER)).isNotEmpty();
    }

    @Test
    void aSubscriptionThatWasTakenAwayIsNotLookedAt() {
        assertThat(new Charges(Map.of(), true).broken(Map.of(IMSI, List.of(OVER))))
                .isEmpty();
    }
}
