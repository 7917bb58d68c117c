// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.DeviceFeed;

/** Tells the gateway for whom a role has mail: a counter beside the mail, and a bell for those who wait. */
public final class MailFeed implements AutoCloseable {
    /** Schema statements for {@link Database#open}. */
    public static final List<String> SCHEMA = List.of(
            "CREATE TABLE mail_counter (id INTEGER PRIMARY KEY, latest BIGINT NOT NULL)",
            "CREATE TABLE mail_news (device TEXT PRIMARY KEY, number BIGINT NOT NULL UNIQUE)");

    /** What one message may carry ({@link DeviceFeed}). */
    static final int DEVICES_MAX = 1000;

    /** Shorter than the idle limits of HTTP connections, so that a waiting gateway is always answered. */
    static final Duration WAIT_MAX = Duration.ofSeconds(25);

    private record News(Ueid device, long number) {}

    private final Database database;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition bell = lock.newCondition();
    private final AtomicBoolean announced = new AtomicBoolean();
    private long rings;
    private boolean closed;

    public MailFeed(Database database) {
        this.database = database;
        database.onCommit(this::ringIfAnnounced);
    }

    /** Has mail for a device announced when this transaction commits. */
    public void announce(Connection connection, Ueid device) throws SQLException {
        long number = Sql.first(
                        connection,
                        "INSERT INTO mail_counter (id, latest) VALUES (1, 1)"
                                + " ON CONFLICT (id) DO UPDATE SET latest = mail_counter.latest + 1 RETURNING latest",
                        row -> row.getLong(1))
                .orElseThrow();
        Sql.update(
                connection,
                "INSERT INTO mail_news (device, number) VALUES (?, ?)"
                        + " ON CONFLICT (device) DO UPDATE SET number = excluded.number",
                device,
                number);
        announced.set(true);
    }

    /** The devices with mail since {@code after}; waits for one at most this long, and never longer than 25 s. */
    public DeviceFeed since(long after, Duration wait) throws InterruptedException {
        long left = Math.min(wait.toNanos(), WAIT_MAX.toNanos());
        while (true) {
            long seen = rings();
            DeviceFeed news = read(after);
            // A counter behind the question's: this database is younger than the gateway's memory of it.
            if (!news.devices().isEmpty() || news.latest() < after || left <= 0) {
                return news;
            }
            left = awaitRing(seen, left);
        }
    }

    private DeviceFeed read(long after) {
        return database.read(connection -> {
            List<News> news = Sql.all(
                    connection,
                    "SELECT device, number FROM mail_news WHERE number > ? ORDER BY number LIMIT " + DEVICES_MAX,
                    row -> new News(Ueid.hex(row.getString(1)), row.getLong(2)),
                    after);
            if (news.isEmpty()) {
                long latest = Sql.first(connection, "SELECT latest FROM mail_counter", row -> row.getLong(1))
                        .orElse(0L);
                return new DeviceFeed(latest, List.of());
            }
            List<Ueid> devices = new ArrayList<>();
            news.forEach(one -> devices.add(one.device()));
            return new DeviceFeed(news.get(news.size() - 1).number(), devices);
        });
    }

    private long rings() {
        lock.lock();
        try {
            return rings;
        } finally {
            lock.unlock();
        }
    }

    /** Nanoseconds that are left; none when the feed was closed. */
    private long awaitRing(long seen, long nanos) throws InterruptedException {
        long left = nanos;
        lock.lock();
        try {
            while (rings == seen && left > 0 && !closed) {
                left = bell.awaitNanos(left);
            }
            return closed ? 0 : left;
        } finally {
            lock.unlock();
        }
    }

    private void ringIfAnnounced() {
        if (announced.getAndSet(false)) {
            ring();
        }
    }

    private void ring() {
        lock.lock();
        try {
            rings++;
            bell.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Sends those who wait away; to be closed before the database. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
        ring();
    }
}
