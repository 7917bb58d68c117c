// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.store;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
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
    private final Set<OutboxTable.Row> unwritten = ConcurrentHashMap.newKeySet();

    OutboxWork(Database database, OutboxTable table, Outbox.OnGivenUp onGivenUp, Backoff backoff) {
        this.database = database;
        this.table = table;
        this.onGivenUp = onGivenUp;
        this.backoff = backoff;
    }

    /**
     * One round, or one piece, which is a round of one; what fails of it is repeated together.
     *
     * @param closed whether what fails stays for the next start
     */
    void work(List<OutboxTable.Row> rows, Outbox.RoundHandler handler, BooleanSupplier closed) {
        Map<String, Outbox.Done> done;
        Outbox.Done otherwise = Outbox.Done.failed(new IllegalStateException("the round left it out"));
        try {
            done = handler.handle(rows.stream().map(OutboxTable.Row::key).toList());
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt(); // closing: the work stays for the next start
            return;
        } catch (Exception why) {
            done = Map.of();
            otherwise = Outbox.Done.failed(why);
        } catch (Error broken) {
            done = Map.of();
            otherwise = Outbox.Done.failed(new IllegalStateException(broken));
        }
        Map<OutboxTable.Row, Exception> failed = new LinkedHashMap<>();
        for (OutboxTable.Row row : rows) {
            Outbox.Done its = done.getOrDefault(row.key(), otherwise);
            its.fault().or(() -> finish(row, its.followUp())).ifPresent(why -> failed.put(row, why));
        }
        if (closed.getAsBoolean()) {
            return;
        }
        Map<OutboxTable.Row, Exception> again = new LinkedHashMap<>();
        failed.forEach((row, why) -> {
            if (Outbox.isFinal(why) || row.attempts() + 1 >= Outbox.ATTEMPTS_MAX) {
                giveUp(row, why);
            } else {
                again.put(row, why);
            }
        });
        if (!again.isEmpty()) {
            repeat(again);
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

    private void giveUp(OutboxTable.Row row, Exception why) {
        LOG.warn(
                "outbox: {} {}, owed since {}, given up after {} attempts: {}",
                row.kind(),
                row.key(),
                Instant.ofEpochMilli(row.added()),
                row.attempts() + 1,
                why.toString());
        write(List.of(row), connection -> {
            if (table.remove(connection, row)) {
                onGivenUp.givenUp(connection, row.kind(), row.key(), row.body(), why);
            }
        });
    }

    /** All at the same time: what was one round is one again. */
    private void repeat(Map<OutboxTable.Row, Exception> failed) {
        int attempts = failed.keySet().stream()
                .mapToInt(OutboxTable.Row::attempts)
                .min()
                .orElse(0);
        Duration pause = backoff.pause(attempts);
        failed.forEach((row, why) ->
                LOG.info("outbox: {} {} again in {} ms: {}", row.kind(), row.key(), pause.toMillis(), why.toString()));
        write(failed.keySet(), postponed(failed.keySet(), backoff.due(pause)));
    }

    private Outbox.FollowUp postponed(Collection<OutboxTable.Row> rows, long due) {
        return connection -> {
            for (OutboxTable.Row row : rows) {
                table.postpone(connection, row, due);
            }
        };
    }

    /** @param rows whose end it is */
    private void write(Collection<OutboxTable.Row> rows, Outbox.FollowUp end) {
        try {
            database.change(end::run);
        } catch (RuntimeException fault) {
            rows.forEach(row -> LOG.error("outbox: {} {} is done again: {}", row.kind(), row.key(), fault.toString()));
            unwritten.addAll(rows);
        }
    }

    /** Work whose end could not be written is to be done again: a disk that was full may have room. */
    void recover(long now) {
        List<OutboxTable.Row> rows = List.copyOf(unwritten);
        if (!rows.isEmpty()) {
            database.change(postponed(rows, now + Outbox.RETRY_MAX.toMillis())::run);
            rows.forEach(unwritten::remove);
        }
    }
}
