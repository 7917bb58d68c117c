// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.ro.drf;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.m2me.operators.Peers;
import org.m2me.operators.Sho;
import org.m2me.operators.Unavailable;
import org.m2me.operators.store.Database;
import org.m2me.operators.store.Sql;
import org.m2me.operators.wiring.BoundedCalls;
import org.m2me.protocol.crypto.ForgedException;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.Release;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Step;
import org.m2me.protocol.step.Steps;
import org.m2me.protocol.step.Steps.Carried;

/**
 * Devices' messages to operators that they leave, passed on while the device waits. The newest of each device is kept
 * with its acknowledgement, so that an answer that was lost can be given again when that operator is gone.
 */
final class Releases implements AutoCloseable {
    static final List<String> SCHEMA = List.of(
            "CREATE TABLE release (device TEXT PRIMARY KEY," + " registration TEXT NOT NULL, acknowledgement BYTEA)");

    /** Less than the ten seconds after which the gateway gives the device up: it is told that the operator is silent. */
    private static final Duration OPERATOR_WAIT = Duration.ofSeconds(8);

    private final Database database;
    private final Peers peers;
    private final Steps steps;
    private final BoundedCalls calls = new BoundedCalls("release");

    Releases(Database database, Peers peers, Steps steps) {
        this.database = database;
        this.peers = peers;
        this.steps = steps;
    }

    /**
     * Passes a release on.
     *
     * @return the old operator's acknowledgement
     * @throws Refused NO_OPERATOR if no such operator is known here, UNAVAILABLE if it does not answer in time, or its
     *     own refusal
     */
    byte[] pass(Ueid device, byte[] body) throws Refused {
        Release release = read(device, body);
        Optional<Opaque> before = database.transact(connection -> take(connection, release, body.length));
        if (before.isPresent()) {
            return before.get().bytes();
        }
        Sho old;
        try {
            old = peers.sho(release.operator());
        } catch (IllegalArgumentException unknown) {
            throw new Refused(ResultCode.NO_OPERATOR, "release: " + unknown.getMessage());
        } catch (Unavailable gone) {
            throw new Refused(ResultCode.UNAVAILABLE, "release: " + gone.getMessage());
        }
        Opaque acknowledgement;
        try {
            acknowledgement = calls.within(OPERATOR_WAIT, () -> old.released(device, Opaque.of(body)));
        } catch (Unavailable silent) {
            throw new Refused(
                    ResultCode.UNAVAILABLE, "release: " + release.operator() + " is silent: " + silent.getMessage());
        }
        database.change(connection -> acknowledged(connection, release, acknowledgement));
        return acknowledgement.bytes();
    }

    private static Release read(Ueid device, byte[] body) throws Refused {
        try {
            Release release = Release.unverified(body);
            if (!release.device().equals(device)) {
                throw new Refused(ResultCode.FORBIDDEN, "release: of " + release.device() + ", from " + device);
            }
            return release;
        } catch (ForgedException malformed) {
            throw new Refused(ResultCode.MALFORMED, "release: " + malformed.getMessage());
        }
    }

    /** @return what was answered before, if it was */
    private Optional<Opaque> take(Connection connection, Release release, int size) throws SQLException {
        Optional<Nonce> known = Sql.first(
                connection,
                "SELECT registration FROM release WHERE device = ?",
                row -> new Nonce(Opaque.hex(row.getString(1))),
                release.device());
        if (known.equals(Optional.of(release.registration()))) {
            return Sql.first(
                    connection,
                    "SELECT acknowledgement FROM release WHERE device = ? AND acknowledgement IS NOT NULL",
                    row -> Opaque.of(row.getBytes(1)),
                    release.device());
        }
        Sql.update(
                connection,
                "INSERT INTO release (device, registration) VALUES (?, ?) ON CONFLICT (device)"
                        + " DO UPDATE SET registration = excluded.registration, acknowledgement = NULL",
                release.device(),
                release.registration());
        // One message tells both: which of them is a step depends on the device's procedure.
        for (Step step : List.of(Step.REMOVE_MCIM, Step.DISCARD_OLD)) {
            steps.report(step, release.device().hex(), ResultCode.OK, new Carried("signed release", size, 0));
        }
        return Optional.empty();
    }

    private static void acknowledged(Connection connection, Release release, Opaque acknowledgement)
            throws SQLException {
        Sql.update(
                connection,
                "UPDATE release SET acknowledgement = ? WHERE device = ? AND registration = ?",
                acknowledgement,
                release.device(),
                release.registration());
    }

    @Override
    public void close() {
        calls.close();
    }
}
