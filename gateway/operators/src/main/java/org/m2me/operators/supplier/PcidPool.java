// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.supplier;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import org.m2me.operators.ImsiRange;
import org.m2me.operators.PcidRecord;
import org.m2me.operators.store.Sql;
import org.m2me.operators.store.Vault;
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
    static final String SCHEMA_DEPOSIT = "create table deposit(pcid text primary key, supplier text not null)";

    private final Vault vault;

    PcidPool(Vault vault) {
        this.vault = vault;
    }

    Optional<PcidRecord> issuedTo(Connection connection, Ueid device) throws SQLException {
        return Sql.first(
                connection,
                "select pcid, sealed from pcid where device = ?",
                row -> SealedPcid.open(Pcid.of(row.getString(1)), row.getBytes(2), vault),
                device);
    }

    /** One that was released before that moment, else the next of the range that was never issued. */
    Pcid next(Connection connection, ImsiRange range, Instant releasedBefore) throws SQLException, Refused {
        Optional<Pcid> rested = Sql.first(
                connection,
                "select pcid from pcid where released < ? order by released limit 1",
                row -> Pcid.of(row.getString(1)),
                releasedBefore);
        if (rested.isPresent()) {
            return rested.get();
        }
        long index = Sql.first(connection, "select count(*) from pcid", row -> row.getLong(1))
                .orElseThrow();
        if (index >= range.count()) {
            throw new Refused(
                    ResultCode.QUOTA,
                    "PCIDs: all " + range.count() + " of the range are issued or rest; release some, or wait");
        }
        return new Pcid(range.at(index));
    }

    void issue(Connection connection, String supplier, Ueid device, PcidRecord record) throws SQLException {
        Sql.update(connection, """
                insert into pcid(pcid, supplier, device, sealed) values(?, ?, ?, ?)
                on conflict(pcid) do update set supplier = excluded.supplier, device = excluded.device,
                  sealed = excluded.sealed, released = null""", record.pcid(), supplier, device, SealedPcid.atRest(record, vault));
    }

    /** Notes whose a PCID is that was made elsewhere. @throws Refused FORBIDDEN when it is another supplier's already */
    void deposit(Connection connection, String supplier, Pcid pcid) throws SQLException, Refused {
        Sql.update(
                connection,
                "insert into deposit(pcid, supplier) values(?, ?) on conflict(pcid) do nothing",
                pcid,
                supplier);
        if (!holder(connection, pcid).equals(Optional.of(supplier))) {
            throw new Refused(ResultCode.FORBIDDEN, "PCID " + pcid + ": another supplier deposited it");
        }
    }

    /** The supplier that it was issued to or made by. */
    static Optional<String> holder(Connection connection, Pcid pcid) throws SQLException {
        return Sql.first(
                connection,
                "select supplier from pcid where pcid = ? union all select supplier from deposit where pcid = ?",
                row -> row.getString(1),
                pcid,
                pcid);
    }

    void release(Connection connection, Pcid pcid, Instant now) throws SQLException {
        Sql.update(
                connection,
                "update pcid set device = null, released = ? where pcid = ? and released is null",
                now,
                pcid);
    }
}
