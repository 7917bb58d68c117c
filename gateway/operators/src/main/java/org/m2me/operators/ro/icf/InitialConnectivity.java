// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.ro.icf;

import java.net.InetSocketAddress;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.m2me.operators.Icf;
import org.m2me.operators.PcidRecord;
import org.m2me.operators.auc.Auc;
import org.m2me.operators.gsup.GsupServer;
import org.m2me.operators.store.Database;
import org.m2me.operators.store.Vault;
import org.m2me.operators.wiring.RoleContext;
import org.m2me.protocol.aka.AuthenticationVector;
import org.m2me.protocol.identity.Imsi;
import org.m2me.protocol.identity.Pcid;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;

/**
 * The ICF: PCIDs with the window in which each is active, vectors for those, and a subscription that leads to the
 * registration operator only (TR 33.812 5.2.5.4.4, 5.2.5.3.5.1).
 */
public final class InitialConnectivity implements Icf, AutoCloseable {
    private final IcfSettings settings;
    private final Clock clock;
    private final Vault vault;
    private final Database database;
    private final Auc auc;
    private final Optional<GsupServer> gsup;

    public InitialConnectivity(RoleContext context, IcfSettings settings) {
        this.settings = settings;
        this.clock = context.clock();
        this.vault = context.vault();
        String[] schema =
                Stream.concat(Auc.SCHEMA.stream(), PcidTable.SCHEMA.stream()).toArray(String[]::new);
        this.database = Database.open(context.directory().resolve("icf.db"), schema);
        this.auc = new Auc(vault, clock, context.random());
        this.gsup = settings.gsup().map(wanted -> GsupServer.start(context, wanted, this));
    }

    @Override
    public void accept(PcidRecord record) throws Refused {
        accept(record, Optional.empty());
    }

    @Override
    public void acceptSuccessor(PcidRecord record, Pcid of) throws Refused {
        accept(record, Optional.of(of));
    }

    private void accept(PcidRecord record, Optional<Pcid> of) throws Refused {
        Imsi imsi = record.pcid().imsi();
        if (settings.plmns().stream().noneMatch(plmn -> plmn.isHomeOf(imsi))) {
            throw new Refused(ResultCode.FORBIDDEN, "PCID " + imsi + " is of none of the PLMNs " + settings.plmns());
        }
        if (record.key().algorithm().isForTests()) {
            throw new Refused(ResultCode.FORBIDDEN, "PCID " + imsi + " has a test algorithm");
        }
        database.change((Connection connection) -> {
            var known = PcidTable.find(connection, imsi);
            boolean same = known.isPresent()
                    && known.get().expires() == record.expires().toEpochMilli()
                    && auc.holds(connection, imsi, record.key(), record.sqn());
            // Nobody can use it after its end: it is free for whom the CCIF gives it next.
            if (!same
                    && known.isPresent()
                    && !known.get().ended()
                    && known.get().expires() > clock.millis()) {
                throw new Refused(ResultCode.FORBIDDEN, "PCID " + imsi + " is in use with another key or lifetime");
            }
            if (!same) {
                auc.put(connection, imsi, record.key(), record.sqn());
                PcidTable.put(connection, imsi, record.expires());
            }
            if (of.isPresent()) {
                PcidTable.follow(connection, imsi, of.get().imsi());
            }
        });
    }

    @Override
    public void activate(Pcid pcid, Instant from, Instant until) throws Refused {
        if (!from.isBefore(until)) {
            throw new Refused(ResultCode.MALFORMED, "activation ends at " + until + ", not after " + from);
        }
        List<Imsi> activated = database.transact((Connection connection) -> {
            if (found(connection, pcid.imsi()).ended()) {
                throw new Refused(ResultCode.PCID_UNKNOWN, "PCID " + pcid + " was returned to the pool");
            }
            return PcidTable.activate(connection, pcid.imsi(), from, until);
        });
        gsup.ifPresent(server -> activated.forEach(server::review)); // the new window may exclude now
    }

    @Override
    public void deactivate(Pcid pcid) throws Refused {
        database.change((Connection connection) -> {
            PcidTable.Row row = found(connection, pcid.imsi());
            if (!row.ended()) {
                PcidTable.end(connection, pcid.imsi());
            }
        });
        gsup.ifPresent(server -> server.review(pcid.imsi()));
    }

    @Override
    public PcidStatus status(Pcid pcid) throws Refused {
        PcidTable.Row row = database.read(connection -> found(connection, pcid.imsi()));
        return new PcidStatus(pcid, row.isActive(clock.millis()), Instant.ofEpochMilli(row.expires()));
    }

    @Override
    public List<AuthenticationVector> vectors(VectorRequest request) throws Refused {
        return database.transact((Connection connection) -> {
            requireUsable(connection, request.imsi());
            return auc.vectors(connection, request);
        });
    }

    @Override
    public SubscriptionData subscription(Imsi imsi, String servingNode) throws Refused {
        Auc.Used used = database.read((Connection connection) -> requireUsable(connection, imsi));
        ApnProfile initial = settings.initialApn();
        long left = initial.quota() == 0 ? 0 : initial.quota() - used.bytes();
        return new SubscriptionData(imsi, List.of(new ApnProfile(initial.apn(), initial.allowed(), left)));
    }

    @Override
    public void usage(Imsi imsi, String session, long bytes) throws Refused {
        database.change((Connection connection) -> auc.count(connection, imsi, session, bytes));
        // Counted and kept before the serving network is told that the session has to end.
        Auc.Used unused = database.read((Connection connection) -> requireActive(connection, imsi));
    }

    private Auc.Used requireUsable(Connection connection, Imsi imsi) throws SQLException, Refused {
        Auc.Used used = requireActive(connection, imsi);
        if (used.sessions() >= settings.sessionsMax()) {
            throw new Refused(ResultCode.QUOTA, "PCID " + imsi + " has had " + used.sessions() + " sessions");
        }
        return used;
    }

    private Auc.Used requireActive(Connection connection, Imsi imsi) throws SQLException, Refused {
        PcidTable.Row row = found(connection, imsi);
        if (!row.isActive(clock.millis())) {
            throw new Refused(ResultCode.PCID_NOT_ACTIVE, "PCID " + imsi + " is outside of its activation or lifetime");
        }
        Auc.Used used = auc.used(connection, imsi);
        long quota = settings.initialApn().quota();
        if (quota != 0 && used.bytes() >= quota) {
            throw new Refused(ResultCode.QUOTA, "PCID " + imsi + " has moved " + used.bytes() + " bytes");
        }
        return used;
    }

    private static PcidTable.Row found(Connection connection, Imsi imsi) throws SQLException, Refused {
        return PcidTable.find(connection, imsi)
                .orElseThrow(() -> new Refused(ResultCode.PCID_UNKNOWN, "PCID " + imsi + " was never received"));
    }

    /** The bytes that each PCID was charged. */
    public Map<Imsi, Long> charged() {
        return database.read(Auc::charged);
    }

    /** Where it listens for GSUP, if it does. */
    public Optional<InetSocketAddress> gsup() {
        return gsup.map(GsupServer::address);
    }

    /** The serving nodes that are connected over GSUP. */
    public List<String> gsupNodes() {
        return gsup.map(GsupServer::connected).orElse(List.of());
    }

    @Override
    public void close() {
        gsup.ifPresent(GsupServer::close);
        database.close();
        vault.close();
    }
}
