// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.pva;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.m2me.operators.store.Database;
import org.m2me.protocol.identity.Opaque;

final class EnrolmentsTest {
    private static final Opaque OLD = Opaque.hex("01");
    private static final Opaque NEW = Opaque.hex("02");

    @TempDir
    private Path directory;

    private Database open(String... schema) {
        return Database.open(directory.resolve("pva.db"), schema);
    }

    private static void publish(Database database, long version, Opaque signed) {
        database.change(connection -> Enrolments.publish(connection, "acme", "meter", version, signed));
    }

    private static List<Opaque> releases(Database database) {
        return database.read(connection -> Enrolments.references(connection, "acme", "meter"));
    }

    @Test
    void keepsTheNewestReleasesOfAModel() {
        try (Database database = open(Enrolments.SCHEMA.toArray(String[]::new))) {
            publish(database, 2, NEW);
            publish(database, 1, OLD);
            assertThat(releases(database)).containsExactly(NEW, OLD);
            for (int version = 3; version < 2 + Enrolments.RELEASES_MAX; version++) {
                publish(database, version, NEW);
            }
            assertThat(releases(database)).hasSize(Enrolments.RELEASES_MAX).doesNotContain(OLD);
        }
    }

    @Test
    void takesTheReleaseOverFromADatabaseThatHasRoomForOneOfAModel() {
        try (Database before = open("""
                create table reference(
                  supplier text not null,
                  model text not null,
                  version integer not null,
                  signed blob not null,
                  primary key(supplier, model))""", "insert into reference values('acme', 'meter', 1, x'01')")) {
            assertThat(before).isNotNull();
        }
        try (Database database = open(Enrolments.SCHEMA.toArray(String[]::new))) {
            publish(database, 2, NEW);
            assertThat(releases(database)).containsExactly(NEW, OLD);
        }
    }
}
