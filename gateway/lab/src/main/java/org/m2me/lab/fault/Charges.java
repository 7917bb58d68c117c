// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab.fault;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.m2me.lab.radio.Carried.Session;
import org.m2me.operators.access.UserPlane;
import org.m2me.protocol.identity.Imsi;

/**
 * Each byte is charged once: what a home charged a subscription is compared with what the device's own modem counted.
 *
 * <p>Never more than was carried: all of the sessions that are over, and of those that are open as many bytes as are worth
 * a report. Never less than what was carried by sessions that are over, except for what the device sent after the last
 * that came to it: a network whose session ends does not carry what is still on its way. A subscription that is taken away
 * is charged nothing any more.
 *
 * @param charged by IMSI, of the subscriptions that there are
 * @param told whether homes are told what was used
 */
record Charges(Map<Imsi, Long> charged, boolean told) {
    /** What does not hold, in words. @param carried the sessions of one device, by IMSI */
    List<String> broken(Map<String, List<Session>> carried) {
        List<String> broken = new ArrayList<>();
        carried.forEach((imsi, sessions) -> {
            Long bytes = charged.get(new Imsi(imsi));
            long most = sessions.stream().mapToLong(Charges::most).sum();
            long least = told ? sessions.stream().mapToLong(Charges::least).sum() : 0;
            if (bytes != null && (bytes < least || bytes > most)) {
                broken.add(
                        imsi + ": is charged " + bytes + " bytes, not " + least + " to " + most + ", of " + sessions);
            }
        });
        return broken;
    }

    private static long most(Session session) {
        return session.ended() || session.bytes() >= UserPlane.REPORT_STEP ? session.bytes() : 0;
    }

    private static long least(Session session) {
        return session.ended() ? session.bytes() - session.unanswered() : 0;
    }
}
