// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.supplier;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import org.m2me.operators.PcidRecord;
import org.m2me.protocol.crypto.ForgedException;
import org.m2me.protocol.identity.Pcid;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;

/** Which PCIDs of a range are issued, and which rest after their release. */
final class PcidPool {
    static final String SCHEMA = """
            create table pcid(
              pcid text primary key,
              supplier text not null,
              device text unique,
              sealed blob not null,
              released integer)""";

    private final PcidSeal seal;

    PcidPool(PcidSeal seal) {
        this.seal = seal;
    }

    Optional<PcidRecord> issuedTo(Connection connection, Ueid device) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("select pcid, sealed from pcid where device = ?")) {
            select.setString(1, device.hex());
            ResultSet row = select.executeQuery();
            return row.next() ? Optional.of(open(Pcid.of(row.getString(1)), row.getBytes(2))) : Optional.empty();
        }
    }

    private PcidRecord open(Pcid pcid, byte[] sealed) {
        try {
            return seal.open(sealed);
        } catch (ForgedException damaged) {
            throw CcifRole.damaged(pcid, damaged);
        }
    }

    /** One that was released before that moment, else the next of the range that was never issued. */
    Pcid next(Connection connection, PcidRange range, Instant releasedBefore) throws SQLException, Refused {
        try (PreparedStatement rested =
                connection.prepareStatement("select pcid from pcid where released < ? order by released limit 1")) {
            rested.setLong(1, releasedBefore.toEpochMilli());
            ResultSet row = rested.executeQuery();
            if (row.next()) {
                return Pcid.of(row.getString(1));
            }
        }
        try (PreparedStatement used = connection.prepareStatement("select count(*) from pcid")) {
            ResultSet row = used.executeQuery();
            long index = row.next() ? row.getLong(1) : 0;
            if (index >= range.count()) {
                throw new Refused(
                        ResultCode.QUOTA,
                        "PCIDs: all " + range.count() + " of the range are issued or rest; release some, or wait");
            }
            return range.at(index);
        }
    }

    void issue(Connection connection, String supplier, Ueid device, PcidRecord record) throws SQLException {
        try (PreparedStatement upsert = connection.prepareStatement("""
                insert into pcid(pcid, supplier, device, sealed) values(?, ?, ?, ?)
                on conflict(pcid) do update set supplier = excluded.supplier, device = excluded.device,
                  sealed = excluded.sealed, released = null""")) {
            upsert.setString(1, record.pcid().toString());
            upsert.setString(2, supplier);
            upsert.setString(3, device.hex());
            upsert.setBytes(4, seal.seal(record));
            upsert.executeUpdate();
        }
    }

    void release(Connection connection, Pcid pcid, Instant now) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(
                "update pcid set device = null, released = ? where pcid = ? and released is null")) {
            update.setLong(1, now.toEpochMilli());
            update.setString(2, pcid.toString());
            update.executeUpdate();
        }
    }
}
