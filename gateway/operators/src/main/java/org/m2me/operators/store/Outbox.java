// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Work that a role owes others: written in the transaction that decided it, done by a worker, repeated with backoff
 * until it is done or given up. So a role that is killed between deciding and telling still tells.
 *
 * <p>Work of one key is done in the order it was added, each when the one before it is done or given up; work of
 * different keys in any order, several at once. Give different keys to what need not wait for one another.
 */
public final class Outbox implements AutoCloseable {
    /** Does one kind of work, outside of any transaction. May be asked again for work that it has done before. */
    @FunctionalInterface
    public interface Handler {
        /**
         * Does it.
         *
         * @param body wiped once the work is over: copy what is to stay
         * @return what else is to be written in the transaction that removes the work
         * @throws Refused ends the work for good, except with BUSY, UNAVAILABLE or INTERNAL: then it is repeated
         * @throws Exception has it repeated
         */
        FollowUp handle(String key, byte[] body) throws Exception;
    }

    /** Does one kind of work in rounds, outside of any transaction: all that is due together. The keys say all. */
    @FunctionalInterface
    public interface RoundHandler {
        /**
         * Does it.
         *
         * @param keys of different pieces of work, each of which may have been done before
         * @return how each of them ended: one that failed is repeated or given up by itself
         * @throws Exception has all of them repeated, or given up as {@link Handler} says
         */
        Map<String, Done> handle(List<String> keys) throws Exception;
    }

    /** How one piece of a round ended. @param fault why it is not done, instead of what follows */
    public record Done(FollowUp followUp, Optional<Exception> fault) {
        public static Done with(FollowUp followUp) {
            return new Done(followUp, Optional.empty());
        }

        public static Done failed(Exception fault) {
            return new Done(FollowUp.NONE, Optional.of(fault));
        }
    }

    /** Work of a kind that is done in rounds. @param most pieces in one */
    record Round(int most, RoundHandler handler) {}

    /** Runs in the transaction that removes work that was done: once for each time it was added, however often it was repeated. */
    @FunctionalInterface
    public interface FollowUp {
        /** Nothing follows. */
        FollowUp NONE = connection -> {};

        void run(Connection connection) throws SQLException;
    }

    /** Runs in the transaction that removes work that was refused or tried for too long. */
    @FunctionalInterface
    public interface OnGivenUp {
        void givenUp(Connection connection, String kind, String key, byte[] body, Exception why) throws SQLException;
    }

    /** A peer that restarts is back in about a second; the first repetition is nearly free. */
    static final Duration FIRST_RETRY = Duration.ofMillis(200);

    /** A peer that comes back after hours is used again within this; one call in 10 s burdens nobody. */
    static final Duration RETRY_MAX = Duration.ofSeconds(10);

    /**
     * The shortest time after which work is given up: an outage that is repaired within a day loses nothing. A peer that is
     * there and never answers is asked for most of a week.
     */
    private static final Duration GIVE_UP_AFTER = Duration.ofHours(24);

    /**
     * So often work is tried. It is counted, not timed: a clock that is set forward must not lose what is owed, nor must a
     * role that was down for days, for it has not tried.
     */
    static final int ATTEMPTS_MAX = (int) (GIVE_UP_AFTER.toMillis() / (RETRY_MAX.toMillis() / 2));

    /** What is to be done later than in a day is no debt but a plan, and has no place here. */
    static final Duration LATER_MAX = Duration.ofHours(24);

    /** Calls at once: they wait for peers more than they compute. */
    static final int THREADS = 4;

    /** A clock that was set forward is noticed within this. */
    private static final Duration NAP_MAX = Duration.ofSeconds(5);

    /** A call that is under way may end; one that does not is repeated after the next start. */
    private static final Duration CLOSE_WAIT = Duration.ofSeconds(2);

    /** Refusals that say come again. */
    private static final Set<ResultCode> PASSING =
            EnumSet.of(ResultCode.BUSY, ResultCode.UNAVAILABLE, ResultCode.INTERNAL);

    private static final Logger LOG = LoggerFactory.getLogger(Outbox.class);

    /** Schema statements for {@link Database#open}. */
    public static final String SCHEMA = OutboxTable.SCHEMA;

    private final Database database;
    private final OutboxTable table;
    private final Clock clock;
    private final Map<String, Handler> handlers;
    private final Map<String, Round> rounds = new ConcurrentHashMap<>();
    private final OutboxWork work;
    private final ExecutorService workers = Executors.newFixedThreadPool(THREADS, Outbox::thread);
    private final AtomicInteger idle = new AtomicInteger(THREADS);
    private final Thread dispatcher = thread(this::dispatch);
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition signal = lock.newCondition();
    private boolean signalled;
    private volatile boolean closed;

    private Outbox(
            Database database,
            Clock clock,
            RandomGenerator random,
            Map<String, Handler> handlers,
            OnGivenUp onGivenUp) {
        this.database = database;
        this.clock = clock;
        this.handlers = Map.copyOf(handlers);
        this.table = new OutboxTable(random.nextLong());
        this.work = new OutboxWork(database, table, onGivenUp, new Backoff(clock, random));
    }

    /**
     * The outbox of a database, at rest until {@link #start}: there is one for each database.
     *
     * @param handlers by kind
     */
    public static Outbox of(
            Database database,
            Clock clock,
            RandomGenerator random,
            Map<String, Handler> handlers,
            OnGivenUp onGivenUp) {
        return new Outbox(database, clock, random, handlers, onGivenUp);
    }

    /**
     * Has one more kind of work done, in rounds. To be called before {@link #start}.
     *
     * @param most pieces in one round
     */
    public void inRounds(String kind, int most, RoundHandler handler) {
        rounds.put(kind, new Round(most, handler));
    }

    /** Starts the worker, with what was left by an earlier run. To be called when the handlers can work. */
    public Outbox start() {
        long now = clock.millis();
        database.change(connection -> table.releaseAll(connection, now, now + LATER_MAX.toMillis()));
        dispatcher.start();
        return this;
    }

    /**
     * Adds work within a transaction of the database; a kind and key that waits already is left as it is, one that is being
     * done at this moment is done once more. It is begun right after the commit.
     */
    public void add(Connection connection, String kind, String key, byte[] body) throws SQLException {
        addLater(connection, kind, key, body, Duration.ZERO);
    }

    /**
     * As {@link #add}, to be done when so long has passed: a time limit that survives a restart. Give it a key of its own,
     * for other work of its key would wait behind it.
     *
     * @param delay at most a day
     */
    public void addLater(Connection connection, String kind, String key, byte[] body, Duration delay)
            throws SQLException {
        if (!handlers.containsKey(kind) && !rounds.containsKey(kind)) {
            throw new IllegalArgumentException("outbox: no handler for " + kind);
        }
        if (delay.compareTo(LATER_MAX) > 0) {
            throw new IllegalArgumentException("outbox: " + kind + " in " + delay + ", at most " + LATER_MAX);
        }
        long now = clock.millis();
        table.add(connection, kind, key, body, new OutboxTable.Times(now, now + delay.toMillis()));
        database.afterCommit(this::wake);
    }

    /** Drops work that has become needless, within a transaction; what is being done at this moment goes on. */
    public void drop(Connection connection, String kind, String key) throws SQLException {
        table.drop(connection, kind, key);
    }

    /** How much work is not done yet. */
    public long owed() {
        return database.read(OutboxTable::count);
    }

    /** Looks for work that is due: for those who move the clock; after {@link #add} it looks by itself. */
    public void wake() {
        lock.lock();
        try {
            signalled = true;
            signal.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void dispatch() {
        long before = clock.millis();
        while (!closed) {
            try {
                long now = clock.millis();
                if (now < before) {
                    long back = before - now;
                    LOG.warn("outbox: the clock was set back by {} ms", back);
                    database.change(connection -> table.shift(connection, back));
                }
                before = now;
                work.recover(now);
                int free = idle.get();
                Duration rest = untilNextDue(now);
                if (free > 0 && rest.isZero()) {
                    database.transact((Database.Work<List<List<OutboxTable.Row>>, RuntimeException>)
                                    connection -> claim(connection, free, now))
                            .forEach(this::submit);
                    rest = untilNextDue(now);
                }
                nap(idle.get() > 0 ? rest : NAP_MAX);
            } catch (StorageFailed fault) {
                LOG.error("outbox: {}", fault.getMessage());
                nap(NAP_MAX);
            }
        }
    }

    /** What each of the workers that are free is to do: one piece, or a round. */
    private List<List<OutboxTable.Row>> claim(Connection connection, int free, long now) throws SQLException {
        List<List<OutboxTable.Row>> tasks = new ArrayList<>();
        Map<String, List<OutboxTable.Row>> together = new HashMap<>();
        for (OutboxTable.Row row : table.claim(connection, Optional.empty(), free, now)) {
            if (rounds.containsKey(row.kind())) {
                together.computeIfAbsent(row.kind(), unused -> new ArrayList<>())
                        .add(row);
            } else {
                tasks.add(List.of(row));
            }
        }
        for (Map.Entry<String, List<OutboxTable.Row>> round : together.entrySet()) {
            int most = Optional.ofNullable(rounds.get(round.getKey()))
                    .orElseThrow()
                    .most();
            int more = Math.max(0, most - round.getValue().size());
            round.getValue().addAll(table.claim(connection, Optional.of(round.getKey()), more, now));
            tasks.add(round.getValue());
        }
        return tasks;
    }

    private Duration untilNextDue(long now) {
        OptionalLong due = database.read(table::nextDue);
        if (due.isEmpty()) {
            return NAP_MAX;
        }
        return Duration.ofMillis(Math.min(NAP_MAX.toMillis(), Math.max(0, due.getAsLong() - now)));
    }

    /** Until there is a signal, at most this long. */
    private void nap(Duration atMost) {
        lock.lock();
        try {
            long left = atMost.toNanos();
            while (!signalled && !closed && left > 0) {
                left = signal.awaitNanos(left);
            }
            signalled = false;
        } catch (InterruptedException stop) {
            closed = true;
        } finally {
            lock.unlock();
        }
    }

    private void submit(List<OutboxTable.Row> task) {
        idle.decrementAndGet();
        workers.execute(() -> {
            try {
                Round round = rounds.get(task.get(0).kind());
                work.work(task, round == null ? alone(task.get(0)) : round.handler(), () -> closed);
            } finally {
                task.forEach(row -> Arrays.fill(row.body(), (byte) 0));
                idle.incrementAndGet();
                wake();
            }
        });
    }

    private RoundHandler alone(OutboxTable.Row row) {
        return keys -> Map.of(
                row.key(),
                Done.with(Optional.ofNullable(handlers.get(row.kind()))
                        .orElseThrow(() -> new IllegalStateException("no handler for this kind"))
                        .handle(row.key(), row.body())));
    }

    /** Whether work that failed like this is given up at once: the peer understood it and will never do it. */
    public static boolean isFinal(Exception why) {
        return why instanceof Refused refused && !PASSING.contains(refused.code());
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "outbox");
        thread.setDaemon(true);
        return thread;
    }

    /** Lets calls that are under way end, for a moment. What is not done stays for the next start. */
    @Override
    public void close() {
        closed = true;
        wake();
        boolean interrupted = false;
        try {
            dispatcher.join(CLOSE_WAIT.toMillis());
            workers.shutdown();
            if (!workers.awaitTermination(CLOSE_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
                workers.shutdownNow();
                interrupted = !workers.awaitTermination(CLOSE_WAIT.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException stop) {
            workers.shutdownNow();
            Thread.currentThread().interrupt();
        }
        if (interrupted) {
            LOG.warn("outbox: a call did not end; its work is repeated after the next start");
        }
    }
}
