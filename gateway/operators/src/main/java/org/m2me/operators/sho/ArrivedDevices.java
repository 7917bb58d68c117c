// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.sho;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import org.m2me.operators.Sho;
import org.m2me.operators.sho.Registrations.Registration;
import org.m2me.operators.sho.campaign.Arrivals;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.ResultCode;

/** What campaigns see of registrations. */
final class ArrivedDevices implements Arrivals {
    @Override
    public long newest(Connection connection, Ueid device) throws SQLException {
        return registration(connection, device).map(Registration::number).orElse(0L);
    }

    @Override
    public Optional<ResultCode> after(Connection connection, Ueid device, long number) throws SQLException {
        Optional<Registration> newest = registration(connection, device).filter(one -> one.number() > number);
        if (newest.isEmpty()) { // one that is held cannot even register
            return Holds.find(connection, device).map(Sho.Hold::code);
        }
        return switch (newest.get().state()) {
            case PROVISIONED -> Optional.of(ResultCode.OK);
            case REFUSED, FAILED -> newest.map(Registration::code);
            case VALIDATING, AUTHORIZED, REPLACED, RELEASED -> Optional.empty();
        };
    }

    private static Optional<Registration> registration(Connection connection, Ueid device) throws SQLException {
        return Registrations.ofDevice(connection, device, 1).stream().findFirst();
    }
}
