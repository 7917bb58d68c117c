// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.m2me.operators.store.Database;
import org.m2me.operators.store.StorageFailed;
import org.m2me.tre.SoftTrustedEnvironmentProvider;

class DisksTest {
    @TempDir
    Path directory;

    @Test
    void takesNothingOfARoleOrADeviceWhileItIsFullAndEverythingAfterwards() throws Exception {
        Apart.run(Inside.class, directory.toString());

        assertThat(directory.resolve("role/role.db")).exists(); // what was on the disk outlives it
        assertThat(directory.resolve("device/tre/root")).exists();
        assertThat(directory.resolve("role/ballast")).doesNotExist();
    }

    @Test
    void isNotThereWithoutANamespaceOfItsOwn() throws Exception {
        try (Disks none = new Disks(false)) {
            none.mount("pva", directory);
            none.fill("pva", Duration.ofSeconds(1));
            assertThat(none.areThere()).isFalse();
        }
        assertThat(directory).isEmptyDirectory();
    }

    /** The part that runs apart. */
    static final class Inside {
        private static final int LARGE = 100_000;
        /** Whatever is tried meanwhile has failed by then, also on a busy machine. */
        private static final Duration FULL = Duration.ofSeconds(15);

        private Inside() {}

        /** @param arguments an empty directory */
        public static void main(String[] arguments) throws Exception {
            Path role = Files.createDirectory(Path.of(arguments[0], "role"));
            Path device = Files.createDirectory(Path.of(arguments[0], "device"));
            try (Disks disks = new Disks(true)) {
                disks.mount("role", role);
                disks.mount("device", device);
                Path tre = Files.createDirectory(device.resolve("tre"));
                try (Database database = Database.open(role.resolve("role.db"), "CREATE TABLE thing (body BYTEA)")) {
                    database.change(connection -> put(connection, LARGE));
                    disks.fill("role", FULL);
                    disks.fill("device", FULL);
                    assertThatThrownBy(() -> database.change(connection -> {
                                put(connection, 1);
                                put(connection, LARGE);
                            }))
                            .isInstanceOf(StorageFailed.class)
                            .hasMessageContaining("the disk is full");
                    assertThat(count(database)).isEqualTo(1);
                    assertThatThrownBy(() -> new SoftTrustedEnvironmentProvider().make(tre, new SecureRandom()))
                            .isInstanceOf(IOException.class)
                            .hasMessageContaining("No space left on device");
                    awaitGone(role.resolve("ballast"));
                    database.change(connection -> put(connection, LARGE));
                    assertThat(count(database)).isEqualTo(2);
                }
                awaitGone(device.resolve("ballast"));
                try (var left = Files.list(tre)) {
                    for (Path file : left.toList()) {
                        Files.delete(file);
                    }
                }
                new SoftTrustedEnvironmentProvider().make(tre, new SecureRandom());
            }
        }

        /** Gone, and its room free again: that comes a moment later. */
        private static void awaitGone(Path file) throws IOException, InterruptedException {
            while (Files.exists(file) || Files.getFileStore(file.getParent()).getUsableSpace() < 10 * LARGE) {
                TimeUnit.MILLISECONDS.sleep(20);
            }
        }

        private static void put(Connection connection, int size) throws SQLException {
            try (var insert = connection.prepareStatement("INSERT INTO thing VALUES (?)")) {
                insert.setBytes(1, new byte[size]);
                insert.executeUpdate();
            }
        }

        private static long count(Database database) {
            return database.<Long, RuntimeException>read(connection -> {
                try (var query = connection.prepareStatement("SELECT COUNT(*) FROM thing");
                        var rows = query.executeQuery()) {
                    return rows.next() ? rows.getLong(1) : -1;
                }
            });
        }
    }
}
