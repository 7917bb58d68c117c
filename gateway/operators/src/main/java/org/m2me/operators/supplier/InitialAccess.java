// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.supplier;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.m2me.operators.PcidRecord;
import org.m2me.operators.store.Sql;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Pcid;
import org.m2me.protocol.identity.Ueid;

/** With which PCID each device gets its initial access, and which one is on its way to follow it. */
final class InitialAccess {
    /** Devices that were made before have no row until they are renewed: theirs is the one they were made with. */
    static final String SCHEMA = """
            create table initial_access(
              device text primary key,
              pcid text not null,
              expires integer,
              successor text,
              successor_expires integer,
              registration text)""";

    /**
     * A device's.
     *
     * @param expires end of its lifetime, unless it was made before that was kept
     * @param successor made, and not yet reported to be on board
     * @param registration of the newest renewal, if there was one
     */
    record Access(Pcid pcid, Optional<Instant> expires, Optional<Pcid> successor, Optional<Nonce> registration) {
        /** What the device may have. */
        List<Pcid> pcids() {
            return Stream.concat(Stream.of(pcid), successor.stream()).toList();
        }

        /** Whether this renewal came to its end. */
        boolean isDone(Nonce renewal) {
            return successor.isEmpty() && registration.equals(Optional.of(renewal));
        }
    }

    private InitialAccess() {}

    static void begin(Connection connection, Ueid device, Pcid pcid, Instant expires) throws SQLException {
        Sql.update(
                connection,
                "insert into initial_access(device, pcid, expires) values(?, ?, ?) on conflict(device) do nothing",
                device,
                pcid,
                expires);
    }

    /** @param madeWith the device's first */
    static Access of(Connection connection, Ueid device, Pcid madeWith) throws SQLException {
        return Sql.first(
                        connection,
                        "select pcid, expires, successor, registration from initial_access where device = ?",
                        InitialAccess::read,
                        device)
                .orElse(new Access(madeWith, Optional.empty(), Optional.empty(), Optional.empty()));
    }

    private static Access read(ResultSet row) throws SQLException {
        long expires = row.getLong(2);
        Optional<Instant> end = row.wasNull() ? Optional.empty() : Optional.of(Instant.ofEpochMilli(expires));
        return new Access(
                Pcid.of(row.getString(1)),
                end,
                Optional.ofNullable(row.getString(3)).map(Pcid::of),
                Optional.ofNullable(row.getString(4)).map(digits -> new Nonce(Opaque.hex(digits))));
    }

    /** Notes what is on its way to a device, and for which renewal. */
    static void renewing(Connection connection, Ueid device, Pcid now, Nonce registration, PcidRecord next)
            throws SQLException {
        Sql.update(connection, """
                insert into initial_access(device, pcid, successor, successor_expires, registration)
                values(?, ?, ?, ?, ?) on conflict(device) do update set successor = excluded.successor,
                  successor_expires = excluded.successor_expires, registration = excluded.registration""", device, now, next.pcid(), next.expires(), registration);
    }

    /** The device has what was on its way, as something was. */
    static void renewed(Connection connection, Ueid device) throws SQLException {
        Sql.update(
                connection,
                "update initial_access set pcid = successor, expires = successor_expires, successor = null,"
                        + " successor_expires = null where device = ?",
                device);
    }
}
