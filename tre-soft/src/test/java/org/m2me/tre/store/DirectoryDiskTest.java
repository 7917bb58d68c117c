// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.tre.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryDiskTest {
    @TempDir
    private Path directory;

    @Test
    void writesForcesAndMovesFilesThatOnlyTheirOwnerReads() throws IOException {
        Disk disk = new DirectoryDisk(directory);
        disk.write("aside", new byte[] {1, 2, 3});
        disk.force("aside");
        disk.move("aside", "file");
        disk.forceDirectory();
        assertThat(disk.read("file", 3)).hasValue(new byte[] {1, 2, 3});
        assertThat(disk.read("aside", 3)).isEmpty();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("file"))))
                .isEqualTo("rw-------");
    }

    @Test
    void closesAFileThatWasLeftOpenToOthers() throws IOException {
        Path file = Files.createFile(
                directory.resolve("file"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-rw-rw-")));
        new DirectoryDisk(directory).write("file", new byte[1]);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void refusesAFileThatIsLongerThanExpected() throws IOException {
        Disk disk = new DirectoryDisk(directory);
        disk.write("file", new byte[4]);
        assertThatThrownBy(() -> disk.read("file", 3)).isInstanceOf(IOException.class);
    }
}
