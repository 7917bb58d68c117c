// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.supplier;

import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.m2me.operators.PcidRecord;
import org.m2me.operators.store.Sql;
import org.m2me.operators.store.Vault;
import org.m2me.protocol.identity.Pcid;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;

/**
 * The PCIDs that a supplier makes itself (ways 2 and 3). The key of each is kept until its device has it: the CCIF may
 * have it though its answer was lost.
 */
final class OwnPcids {
    static final List<String> SCHEMA = List.of(
            "create table own_pcid(number integer primary key, device text not null unique)",
            "alter table own_pcid add column sealed blob",
            "alter table own_pcid add column released integer");

    private final PcidSettings settings;
    private final Vault vault;
    private final SecureRandom random;

    OwnPcids(PcidSettings settings, Vault vault, SecureRandom random) {
        this.settings = settings;
        this.vault = vault;
        this.random = random;
    }

    boolean has(Pcid pcid) {
        return settings.imsis().contains(pcid.imsi());
    }

    /**
     * The device's: made once, and the same however often it is asked for until {@link #forgetKey}. The caller closes its
     * key.
     *
     * @param predecessor that it follows, unless it is the device's first
     * @throws Refused QUOTA when all of the range are in use or rest
     */
    PcidRecord of(Connection connection, Ueid device, Optional<Pcid> predecessor, Instant now)
            throws SQLException, Refused {
        String use = use(device, predecessor);
        long number = number(connection, use, now.minus(settings.quarantine()));
        if (number >= settings.imsis().count()) {
            throw new Refused(
                    ResultCode.QUOTA,
                    "PCIDs: all " + settings.imsis().count() + " of this supplier's range are used or rest");
        }
        Pcid pcid = new Pcid(settings.imsis().at(number));
        Optional<byte[]> kept = Sql.first(
                connection,
                "select sealed from own_pcid where number = ? and sealed is not null",
                row -> row.getBytes(1),
                number);
        if (kept.isPresent()) {
            return SealedPcid.open(pcid, kept.get(), vault);
        }
        PcidRecord made = CcifRole.fresh(pcid, now.plus(settings.lifetime()), random);
        Sql.update(
                connection, "update own_pcid set sealed = ? where number = ?", SealedPcid.atRest(made, vault), number);
        return made;
    }

    /** Its place in the range: the one it has, else one that has rested since then, else the next. */
    private static long number(Connection connection, String use, Instant restedSince) throws SQLException {
        Optional<Long> known =
                Sql.first(connection, "select number from own_pcid where device = ?", row -> row.getLong(1), use);
        if (known.isPresent()) {
            return known.get();
        }
        Optional<Long> rested = Sql.first(
                connection,
                "update own_pcid set device = ?, released = null, sealed = null where number ="
                        + " (select number from own_pcid where released < ? order by released limit 1) returning number",
                row -> row.getLong(1),
                use,
                restedSince);
        if (rested.isPresent()) {
            return rested.get();
        }
        return Sql.first(
                        connection,
                        "insert into own_pcid(number, device) select coalesce(max(number) + 1, 0), ? from own_pcid"
                                + " where true returning number",
                        row -> row.getLong(1),
                        use)
                .orElseThrow();
    }

    /** The device has it, and so has whoever else needs it. */
    void forgetKey(Connection connection, Ueid device, Optional<Pcid> predecessor) throws SQLException {
        Sql.update(connection, "update own_pcid set sealed = null where device = ?", use(device, predecessor));
    }

    /** Whether it is this device's still. */
    boolean isOf(Connection connection, Ueid device, Pcid pcid) throws SQLException {
        return Sql.first(
                        connection,
                        "select device from own_pcid where number = ? and released is null",
                        row -> row.getString(1),
                        settings.imsis().indexOf(pcid.imsi()))
                .filter(use -> use.startsWith(device.hex()))
                .isPresent();
    }

    /** It rests from now on; the use that it was made for may come again. */
    void released(Connection connection, Pcid pcid, Instant now) throws SQLException {
        Sql.update(
                connection,
                "update own_pcid set released = ?, sealed = null, device = device || ' until ' || ? where number = ?"
                        + " and released is null",
                now,
                now,
                settings.imsis().indexOf(pcid.imsi()));
    }

    private static String use(Ueid device, Optional<Pcid> predecessor) {
        return device.hex() + predecessor.map(before -> " after " + before).orElse("");
    }
}
