// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.pva;

import static java.util.stream.Collectors.toSet;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.m2me.operators.Pva.Applicant;
import org.m2me.operators.store.Sql;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Plmn;

/** For which registrations authenticity was asked for, and by whom: a repetition has no second effect. */
final class AuthenticationRequests {
    static final String SCHEMA = """
            create table authentication(
              registration text primary key,
              device text not null,
              operator text not null,
              asked integer not null)""";
    static final String SCHEMA_ASKED = "create index authentication_asked on authentication(asked)";

    /** Who asks again does so within the life of a registration: an SHO ends it after half an hour. */
    private static final Duration KEPT = Duration.ofDays(2);

    private AuthenticationRequests() {}

    /**
     * What was found of a question.
     *
     * @param fresh those that were not asked about before
     * @param foreign those whose registration is another device's, or was asked about by another operator
     */
    record Known(Set<Applicant> fresh, Set<Applicant> foreign) {}

    /** Remembers all but what is foreign, in one go; drops what nobody asks again for. */
    static Known remember(Connection connection, Plmn operator, Collection<Applicant> applicants, Instant now)
            throws SQLException {
        Sql.update(connection, "delete from authentication where asked < ?", now.minus(KEPT));
        if (applicants.isEmpty()) {
            return new Known(Set.of(), Set.of());
        }
        Set<Nonce> added = insert(connection, operator, applicants, now);
        Set<Applicant> fresh = applicants.stream()
                .filter(one -> added.contains(one.registration()))
                .collect(toSet());
        Set<Applicant> foreign = new HashSet<>();
        for (Applicant one : applicants) {
            if (!fresh.contains(one) && !isKnown(connection, operator, one)) {
                foreign.add(one);
            }
        }
        return new Known(fresh, foreign);
    }

    private static Set<Nonce> insert(
            Connection connection, Plmn operator, Collection<Applicant> applicants, Instant now) throws SQLException {
        List<Object> values = new ArrayList<>();
        for (Applicant one : applicants) {
            values.addAll(List.of(one.registration(), one.device(), operator, now));
        }
        return Set.copyOf(Sql.all(
                connection,
                "insert into authentication(registration, device, operator, asked) values "
                        + String.join(", ", Collections.nCopies(applicants.size(), "(?, ?, ?, ?)"))
                        + " on conflict do nothing returning registration",
                row -> new Nonce(Opaque.hex(row.getString(1))),
                values.toArray()));
    }

    private static boolean isKnown(Connection connection, Plmn operator, Applicant applicant) throws SQLException {
        return Sql.first(
                        connection,
                        "select 1 from authentication where registration = ? and device = ? and operator = ?",
                        row -> true,
                        applicant.registration(),
                        applicant.device(),
                        operator)
                .isPresent();
    }
}
