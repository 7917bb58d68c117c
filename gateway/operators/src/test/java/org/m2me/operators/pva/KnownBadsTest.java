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

final class KnownBadsTest {
    private static final Opaque CREDENTIAL = Opaque.of(new byte[32]);

    @TempDir
    private Path directory;

    @Test
    void tellsARevocationOnceUntilTheCredentialIsGoodAgain() {
        try (Database database = Database.open(directory.resolve("pva.db"), KnownBads.SCHEMA_REVOKED)) {
            assertThat(isRevoked(database)).isFalse();
            assertThat(revoke(database)).isTrue();
            assertThat(revoke(database)).isFalse();
            assertThat(isRevoked(database)).isTrue();

            database.change(connection -> KnownBads.passed(connection, CREDENTIAL));

            assertThat(isRevoked(database)).isFalse();
            assertThat(revoke(database)).isTrue();
        }
    }

    private static boolean isRevoked(Database database) {
        return database.<Boolean, RuntimeException>read(connection ->
                KnownBads.revokedAmong(connection, List.of(CREDENTIAL)).contains(CREDENTIAL));
    }

    private static boolean revoke(Database database) {
        return database.<Boolean, RuntimeException>transact(connection -> KnownBads.revoked(connection, CREDENTIAL));
    }
}
