// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.access;

import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.m2me.operators.store.Database;
import org.m2me.operators.store.Outbox;
import org.m2me.operators.wiring.RoleContext;
import org.m2me.protocol.identity.Imsi;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What sessions used, told to their homes: kept until the home has heard it, through restarts of either. */
final class UsageReports implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(UsageReports.class);
    private static final String KIND = "usage";

    /** The home's answer to a report when the subscription must not go on. */
    private static final Set<ResultCode> OVER =
            EnumSet.of(ResultCode.QUOTA, ResultCode.PCID_NOT_ACTIVE, ResultCode.PCID_UNKNOWN);

    private final Database database;
    private final Outbox outbox;
    private final HomeNetworks homes;
    private final Consumer<Imsi> onOver;

    private UsageReports(RoleContext context, HomeNetworks homes, Consumer<Imsi> onOver) {
        this.homes = homes;
        this.onOver = onOver;
        this.database = Database.open(context.directory().resolve("access.db"), Outbox.SCHEMA);
        this.outbox = Outbox.of(
                database,
                context.clock(),
                context.random(),
                Map.of(KIND, this::tell),
                (connection, kind, key, body, why) -> LOG.warn("usage of {} is not reported: {}", key, why.toString()));
    }

    /** @param onOver told of a subscription that must not go on */
    static UsageReports start(RoleContext context, HomeNetworks homes, Consumer<Imsi> onOver) {
        UsageReports reports = new UsageReports(context, homes, onOver);
        Outbox unused = reports.outbox.start();
        return reports;
    }

    /** Keeps what a session has used so far. */
    void report(Imsi imsi, String session, long bytes) {
        byte[] body = (imsi + " " + session + " " + bytes).getBytes(StandardCharsets.US_ASCII);
        database.change(connection -> outbox.add(connection, KIND, session + " " + bytes, body));
    }

    /** Reports that no home has acknowledged yet. */
    long owed() {
        return outbox.owed();
    }

    private Outbox.FollowUp tell(String key, byte[] body) throws Refused {
        String[] fields = new String(body, StandardCharsets.US_ASCII).split(" ", -1);
        Imsi imsi = new Imsi(fields[0]);
        var home = homes.of(imsi)
                .orElseThrow(() -> new Refused(ResultCode.NOT_FOUND, "no home network of " + imsi + " is known"));
        try {
            home.usage(imsi, fields[1], Long.parseLong(fields[2]));
        } catch (Refused refused) {
            if (!OVER.contains(refused.code())) {
                throw refused;
            }
            LOG.info("{} ends: {}", imsi, refused.toString());
            onOver.accept(imsi);
        }
        return Outbox.FollowUp.NONE;
    }

    @Override
    public void close() {
        outbox.close();
        database.close();
    }
}
