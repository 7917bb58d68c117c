// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileStorageTest {
    @TempDir
    private Path parent = Path.of("");

    @Test
    void givesBackWhatWasWrittenLast() throws Exception {
        FileStorage storage = new FileStorage(parent.resolve("state"));
        assertThat(storage.read("counter")).isEmpty();

        storage.write("counter", new byte[] {1, 2, 3});
        storage.write("counter", new byte[] {4});

        assertThat(new FileStorage(parent.resolve("state")).read("counter")).hasValue(new byte[] {4});
        assertThat(PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(storage.directory().resolve("counter"))))
                .isEqualTo("rw-------");
    }

    @Test
    void keepsTheOldContentWhenThePowerFailedInTheMiddle() throws Exception {
        FileStorage storage = new FileStorage(parent);
        storage.write("counter", new byte[] {1});
        Files.write(parent.resolve(".counter.new"), new byte[] {2, 2, 2}); // written aside, never moved over

        assertThat(storage.read("counter")).hasValue(new byte[] {1});
        storage.write("counter", new byte[] {3});
        assertThat(storage.read("counter")).hasValue(new byte[] {3});
        try (var files = Files.list(parent)) {
            assertThat(files).containsExactly(parent.resolve("counter"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "..", "a/b", "../x", ".hidden", "/etc/passwd"})
    void refusesNamesThatLeaveTheDirectory(String name) throws Exception {
        FileStorage storage = new FileStorage(parent);

        assertThatThrownBy(() -> storage.write(name, new byte[1])).isInstanceOf(IllegalArgumentException.class);
    }
}
