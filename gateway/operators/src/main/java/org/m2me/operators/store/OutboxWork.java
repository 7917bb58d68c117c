// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.store;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does the work that was claimed from an outbox, and writes down how it ended: done, to be repeated, or given up. */
final class OutboxWork {
    private static final Logger LOG = LoggerFactory.getLogger(OutboxWork.class);

    private final Database database;
    private final OutboxTable table;
    private final Outbox.OnGivenUp onGivenUp;
    private final Backoff backoff;

    OutboxWork(Database database, OutboxTable table, Outbox.OnGivenUp onGivenUp, Backoff backoff) {
        this.database = database;
        this.table = table;
        this.onGivenUp = onGivenUp;
        this.backoff = backoff;
    }

    /** One piece. @param closed whether what fails stays for the next start */
    void work(OutboxTable.Row row, Optional<Outbox.Handler> handler, BooleanSupplier closed) {
        Outbox.Done done;
        try {
            done = Outbox.Done.with(handler.orElseThrow(() -> new IllegalStateException("no handler for this kind"))
                    .handle(row.key(), row.body()));
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt(); // closing: the work stays for the next start
            return;
        } catch (Exception why) {
            done = Outbox.Done.failed(why);
        }
        settle(row, done, backoff.pause(row.attempts()), closed);
    }

    /** A round; what fails of it is repeated together, as far as it has been tried as often. */
    void work(List<OutboxTable.Row> rows, Outbox.Round round, BooleanSupplier closed) {
        Map<String, Outbox.Done> done;
        Outbox.Done otherwise = Outbox.Done.failed(new IllegalStateException("the round left it out"));
        try {
            done = round.handler()
                    .handle(rows.stream().map(OutboxTable.Row::key).toList());
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            return;
        } catch (Exception why) {
            done = Map.of();
            otherwise = Outbox.Done.failed(why);
        }
        int attempts = rows.stream().mapToInt(OutboxTable.Row::attempts).min().orElse(0);
        Duration pause = backoff.pause(attempts);
        for (OutboxTable.Row row : rows) {
            settle(row, done.getOrDefault(row.key(), otherwise), pause, closed);
        }
    }

    private void settle(OutboxTable.Row row, Outbox.Done done, Duration pause, BooleanSupplier closed) {
        try {
            Optional<Exception> fault = done.fault().or(() -> finish(row, done.followUp()));
            if (fault.isPresent() && !closed.getAsBoolean()) {
                repeatOrGiveUp(row, fault.get(), pause);
            }
        } catch (StorageFailed fault) {
            LOG.error(
                    "outbox: {} {} is repeated in {} s: {}",
                    row.kind(),
                    row.key(),
                    Outbox.LEASE.toSeconds(),
                    fault.getMessage());
        }
    }

    private Optional<Exception> finish(OutboxTable.Row row, Outbox.FollowUp followUp) {
        try {
            database.change(connection -> {
                if (table.remove(connection, row)) {
                    followUp.run(connection);
                }
            });
            return Optional.empty();
        } catch (RuntimeException why) {
            return Optional.of(why);
        }
    }

    private void repeatOrGiveUp(OutboxTable.Row row, Exception why, Duration pause) {
        int attempts = row.attempts() + 1;
        if (Outbox.isFinal(why) || attempts >= Outbox.ATTEMPTS_MAX) {
            LOG.warn(
                    "outbox: {} {}, owed since {}, given up after {} attempts: {}",
                    row.kind(),
                    row.key(),
                    Instant.ofEpochMilli(row.added()),
                    attempts,
                    why.toString());
            database.change(connection -> {
                if (table.remove(connection, row)) {
                    onGivenUp.givenUp(connection, row.kind(), row.key(), row.body(), why);
                }
            });
        } else {
            LOG.info("outbox: {} {} again in {} ms: {}", row.kind(), row.key(), pause.toMillis(), why.toString());
            database.change(connection -> table.postpone(connection, row, backoff.due(pause)));
        }
    }
}
