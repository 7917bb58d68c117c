// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.sho.campaign;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.ResultCode;

/**
 * What the operator knows of devices that register with it. A device's registrations are told apart by their numbers,
 * which grow, not by the time, which may be set back.
 */
public interface Arrivals {
    /** Number of the device's newest registration; 0 without one. */
    long newest(Connection connection, Ueid device) throws SQLException;

    /** What came after that registration: OK when the device has arrived, why it failed, or empty while nothing is known. */
    Optional<ResultCode> after(Connection connection, Ueid device, long number) throws SQLException;
}
