// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.m2me.operators.wiring.RoleContext;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.pki.Certificate;
import org.m2me.protocol.pki.CertificateAuthority;
import org.m2me.protocol.step.Step;
import org.m2me.protocol.step.StepEvent;

/** What roles in a test share: a time, an authority that certifies them, directories, and the steps that they report. */
public final class World {
    public static final Plmn OPERATOR = Plmn.parse("262-01");
    public static final Instant START = Instant.parse("2026-11-22T10:00:00Z");

    public static final Duration PATIENCE = Duration.ofSeconds(20);

    public final ManualClock clock = new ManualClock(START);
    public final SecureRandom random = new SecureRandom();
    public final List<StepEvent> steps = new CopyOnWriteArrayList<>();
    public final CertificateAuthority authority = newAuthority();

    private final Path directory;

    /** @param directory where each role gets one of its own */
    public World(Path directory) {
        this.directory = directory;
    }

    /** Another authority that nobody here trusts, of the same name. */
    public CertificateAuthority newAuthority() {
        return CertificateAuthority.selfSigned(
                "operators",
                P256PrivateKey.generate(random),
                START.minusSeconds(3600),
                START.plus(Duration.ofDays(3650)));
    }

    public Certificate certify(String name, P256PrivateKey key) {
        return certify(authority, name, key);
    }

    public Certificate certify(CertificateAuthority by, String name, P256PrivateKey key) {
        return certify(by, name, "", key);
    }

    /** As long as nobody wants it. */
    public Certificate certifyAtLength(String name, P256PrivateKey key) {
        return certify(authority, name, "h".repeat(600), key);
    }

    private static Certificate certify(CertificateAuthority by, String name, String host, P256PrivateKey key) {
        return by.issue(new CertificateAuthority.Request(
                name,
                host,
                key.publicKey(),
                CertificateAuthority.Usage.ROLE,
                START.minusSeconds(60),
                START.plus(Duration.ofDays(730))));
    }

    /** What a role is given; asked again, the same directory but another key, so keep it across restarts. */
    public RoleContext context(String name) {
        P256PrivateKey key = P256PrivateKey.generate(random);
        return new RoleContext(
                home(name), clock, random, steps::add, certify(name, key), key, List.of(authority.certificate()));
    }

    private Path home(String name) {
        try {
            return Files.createDirectories(directory.resolve(name));
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    /** The steps that were taken, in the order of their reports. */
    public List<Step> taken() {
        return steps.stream()
                .filter(event -> event.code() == ResultCode.OK)
                .map(StepEvent::step)
                .toList();
    }

    /** How a step ended, each time it was reported. */
    public List<ResultCode> codes(Step step) {
        return steps.stream()
                .filter(event -> event.step() == step)
                .map(StepEvent::code)
                .toList();
    }

    /** Waits for something that comes about soon; meanwhile time passes, so that what is to be repeated falls due. */
    public void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        long tick = System.nanoTime();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(end);
            if (System.nanoTime() - tick > TimeUnit.MILLISECONDS.toNanos(20)) {
                clock.advance(Duration.ofSeconds(1));
                tick = System.nanoTime();
            }
            Thread.onSpinWait();
        }
    }

    /** A number in a role's database, read beside the role. */
    public long number(String role, String file, String sql) {
        try (Connection connection = connect(role, file);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.next() ? row.getLong(1) : 0;
        } catch (SQLException fault) {
            throw new IllegalStateException(fault);
        }
    }

    /** Waits until a role owes nothing; a time limit that still counts is no debt. */
    public void awaitIdle(String role, String file) {
        String owed = "SELECT COUNT(*) FROM outbox WHERE kind <> 'limit'";
        await("outbox of " + role + " is empty", () -> number(role, file, owed) == 0);
    }

    /** From now on the database of a role that is closed refuses rows in this table, as a full disk would. */
    public void fill(String role, String file, String table) {
        execute(
                role,
                file,
                "CREATE TRIGGER disk_full BEFORE INSERT ON " + table + " BEGIN SELECT RAISE(ABORT, 'disk full'); END");
    }

    /** There is room again; the role is closed. */
    public void free(String role, String file) {
        execute(role, file, "DROP TRIGGER disk_full");
    }

    private void execute(String role, String file, String sql) {
        try (Connection connection = connect(role, file);
                Statement statement = connection.createStatement()) {
            statement.executeUpdate(sql);
        } catch (SQLException fault) {
            throw new IllegalStateException(fault);
        }
    }

    /** A role's database, beside the role. */
    public Connection connect(String role, String file) throws SQLException {
        return DriverManager.getConnection(
                "jdbc:sqlite:" + directory.resolve(role).resolve(file) + "?busy_timeout=10000");
    }
}
