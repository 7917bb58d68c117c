// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.supplier;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
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
    /** A row for each PCID that was ever issued. One that is not released is its device's; the rest, or rested, are free. */
    static final List<String> SCHEMA = List.of(
            """
            create table pcid(
              pcid text primary key,
              supplier text not null,
              device text unique,
              sealed blob not null,
              released integer)""",
            "create table deposit(pcid text primary key, supplier text not null)",
            """
            create table issued(
              pcid text primary key,
              supplier text not null,
              device text,
              predecessor text not null default '',
              sealed blob not null,
              expires integer,
              released integer)""",
            "insert into issued(pcid, supplier, device, sealed, released)"
                    + " select pcid, supplier, device, sealed, released from pcid",
            "drop table pcid",
            "create index issued_device on issued(device)");

    private final Vault vault;

    PcidPool(Vault vault) {
        this.vault = vault;
    }

    /**
     * Who gets a PCID.
     *
     * @param predecessor that it follows, unless it is the device's first
     */
    record Holder(String supplier, Ueid device, Optional<Pcid> predecessor) {
        private String after() {
            return predecessor.map(Pcid::toString).orElse("");
        }
    }

    Optional<PcidRecord> issuedTo(Connection connection, Holder holder) throws SQLException {
        return Sql.first(
                connection,
                "select pcid, sealed from issued where device = ? and predecessor = ? and released is null",
                row -> SealedPcid.open(Pcid.of(row.getString(1)), row.getBytes(2), vault),
                holder.device(),
                holder.after());
    }

    /**
     * One that was released before that moment, or was over by then without anybody's saying so; else the next of the
     * range that was never issued.
     */
    Pcid next(Connection connection, ImsiRange range, Instant restedSince) throws SQLException, Refused {
        Optional<Pcid> rested = Sql.first(
                connection,
                "select pcid from issued where coalesce(released, expires) < ?"
                        + " order by coalesce(released, expires) limit 1",
                row -> Pcid.of(row.getString(1)),
                restedSince);
        if (rested.isPresent()) {
            return rested.get();
        }
        long index = Sql.first(connection, "select count(*) from issued", row -> row.getLong(1))
                .orElseThrow();
        if (index >= range.count()) {
            throw new Refused(
                    ResultCode.QUOTA,
                    "PCIDs: all " + range.count() + " of the range are issued or rest; release some, or wait");
        }
        return new Pcid(range.at(index));
    }

    void issue(Connection connection, Holder holder, PcidRecord record) throws SQLException {
        Sql.update(
                connection,
                """
                insert into issued(pcid, supplier, device, predecessor, sealed, expires) values(?, ?, ?, ?, ?, ?)
                on conflict(pcid) do update set supplier = excluded.supplier, device = excluded.device,
                  predecessor = excluded.predecessor, sealed = excluded.sealed, expires = excluded.expires,
                  released = null""",
                record.pcid(),
                holder.supplier(),
                holder.device(),
                holder.after(),
                SealedPcid.atRest(record, vault),
                record.expires());
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
                "select supplier from issued where pcid = ? union all select supplier from deposit where pcid = ?",
                row -> row.getString(1),
                pcid,
                pcid);
    }

    /** Whether it was issued here, to another device than this one. */
    static boolean isAnothers(Connection connection, Ueid device, Pcid pcid) throws SQLException {
        return Sql.first(
                        connection,
                        "select 1 from issued where pcid = ? and device <> ?",
                        row -> row.getLong(1),
                        pcid,
                        device)
                .isPresent();
    }

    static void release(Connection connection, Ueid device, Pcid pcid, Instant now) throws SQLException {
        Sql.update(
                connection,
                "update issued set released = ? where pcid = ? and device = ? and released is null",
                now,
                pcid,
                device);
    }
}
