// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.sho.campaign;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.m2me.operators.Campaigns;
import org.m2me.operators.Peers;
import org.m2me.operators.store.Database;
import org.m2me.protocol.identity.Ueid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The campaigns of one operator: their staff's side, and the thread that moves them on. */
public final class CampaignEngine implements AutoCloseable {
    private static final Duration LOOK = Duration.ofSeconds(1); // a device takes several
    private static final Duration STOP_LIMIT = Duration.ofSeconds(10); // a look asks the subscriber a few times
    private static final Logger LOG = LoggerFactory.getLogger(CampaignEngine.class);

    private final CampaignWork work;
    private final Campaigning staff;
    private final ScheduledExecutorService worker = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "campaigns");
        thread.setDaemon(true);
        return thread;
    });

    /**
     * Campaigns of an operator; they stand still until {@link #start}.
     *
     * @param database the operator's, opened with {@link #schema}
     * @param question what the operator asks the IVF
     */
    public CampaignEngine(Database database, Peers peers, Forecast.Question question, Arrivals arrivals, Clock clock) {
        Forecast forecast = new Forecast(peers, question);
        this.staff = new Campaigning(database, forecast, clock);
        this.work = new CampaignWork(database, peers, question.operator(), forecast, arrivals, clock);
    }

    /** What the operator's database needs for it. */
    public static List<String> schema() {
        List<String> schema = new ArrayList<>(CampaignTable.SCHEMA);
        schema.addAll(FleetTable.SCHEMA);
        schema.addAll(ValidationPace.SCHEMA);
        return schema;
    }

    /**
     * A device has left the subscription that it was given, for it does not work: what campaigns say of it is corrected, of
     * those that are over too.
     *
     * @param connection to the operator's database, in the transaction that takes the device's report
     * @param registration number of the one that had brought the subscription
     */
    public static void fellBack(Connection connection, Ueid device, long registration, Instant now)
            throws SQLException {
        FleetTable.fellBack(connection, device, registration, now);
    }

    /**
     * Whether a campaign has ordered a device to change, or is about to, and it has not come yet.
     *
     * @param connection to the operator's database
     */
    public static boolean isUnderWay(Connection connection, Ueid device) throws SQLException {
        return FleetTable.isUnderWay(connection, device);
    }

    /** What the operator's staff may ask. */
    public Campaigns staff() {
        return staff;
    }

    /** Moves them on from now, also those of before a restart. */
    public void start() {
        var unused = worker.scheduleWithFixedDelay(this::look, 0, LOOK.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void look() {
        try {
            work.look();
        } catch (RuntimeException fault) {
            LOG.error("campaigns", fault); // and again in a second: a full disk may be put right
        }
    }

    @Override
    public void close() {
        worker.shutdownNow();
        try {
            if (!worker.awaitTermination(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("campaigns: a look does not end");
            }
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        }
    }
}
