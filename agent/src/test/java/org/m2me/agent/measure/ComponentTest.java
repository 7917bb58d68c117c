// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.m2me.protocol.identity.Opaque;

class ComponentTest {
    // python3: h=lambda b: hashlib.sha256(b).digest(); e=lambda p,b: p+b'\0'+len(b).to_bytes(8,'big')+h(b)
    //          h(e(b'lib/a.jar',b'alpha') + e(b'lib/sub/b.jar',b'beta') + e(b'start',b'')).hex()
    private static final Opaque GOLDEN = Opaque.hex("82f6a41bd19139cf3b59e4f09ffa893a06ee325620d281dda88bf02ba4e626ae");

    @TempDir
    private Path home;

    private Component component;

    @BeforeEach
    void write() throws IOException {
        Files.createDirectories(home.resolve("lib/sub"));
        Files.writeString(home.resolve("lib/a.jar"), "alpha");
        Files.writeString(home.resolve("lib/sub/b.jar"), "beta");
        Files.writeString(home.resolve("start"), "");
        component = new Component("agent", "1", List.of(home.resolve("start"), home.resolve("lib")));
    }

    @Test
    void hashesPathsSizesAndContents() throws IOException {
        Measurement found = component.measure();

        assertThat(found.files()).extracting(MeasuredFile::path).containsExactly("lib/a.jar", "lib/sub/b.jar", "start");
        assertThat(found.digest()).isEqualTo(GOLDEN);
        assertThat(found.size()).isEqualTo(9);
    }

    @Test
    void findsTheSameInAnotherPlace() throws IOException {
        Opaque here = component.measure().digest();
        Path there = home.resolve("elsewhere/lib");
        Files.createDirectories(there.resolve("sub"));
        Files.copy(home.resolve("lib/a.jar"), there.resolve("a.jar"));
        Files.copy(home.resolve("lib/sub/b.jar"), there.resolve("sub/b.jar"));

        assertThat(new Component("agent", "1", List.of(there, home.resolve("start")))
                        .measure()
                        .digest())
                .isEqualTo(here);
    }

    @Test
    void noticesAByteANameAndAFileMoreOrLess() throws IOException {
        Opaque good = component.measure().digest();

        Files.writeString(home.resolve("lib/a.jar"), "alphA");
        assertThat(component.measure().digest()).isNotEqualTo(good);
        Files.writeString(home.resolve("lib/a.jar"), "alpha");
        assertThat(component.measure().digest()).isEqualTo(good);
        Files.writeString(home.resolve("lib/sub/c.jar"), "");
        assertThat(component.measure().digest()).isNotEqualTo(good);
        Files.delete(home.resolve("lib/sub/c.jar"));
        Files.move(home.resolve("lib/sub/b.jar"), home.resolve("lib/b.jar"));
        assertThat(component.measure().digest()).isNotEqualTo(good);
    }

    @Test
    void takesAMissingFileForAFinding() throws IOException {
        Opaque good = component.measure().digest();
        Files.delete(home.resolve("start"));

        Measurement found = component.measure();

        assertThat(found.digest()).isNotEqualTo(good);
        assertThat(found.files())
                .filteredOn(file -> file.path().equals("start"))
                .extracting(MeasuredFile::size)
                .containsExactly(MeasuredFile.ABSENT);
    }

    @Test
    void refusesAPipeAndADeviceAtOnce() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/mkfifo")), "mkfifo is missing: apt-get install coreutils");
        Path pipe = home.resolve("lib/pipe");
        assertThat(new ProcessBuilder("/usr/bin/mkfifo", pipe.toString())
                        .start()
                        .waitFor())
                .isZero();

        assertTimeoutPreemptively(
                Duration.ofSeconds(20),
                () -> assertThatThrownBy(() -> component.measure())
                        .isInstanceOf(IrregularFileException.class)
                        .hasMessageContaining("lib/pipe is a pipe, a device or a socket"));

        Component endless = new Component("agent", "1", List.of(Path.of("/dev/zero")));
        assertTimeoutPreemptively(
                Duration.ofSeconds(20),
                () -> assertThatThrownBy(endless::measure).isInstanceOf(IrregularFileException.class));
    }

    @Test
    void followsLinksAndRefusesACircle() throws IOException {
        Files.createSymbolicLink(home.resolve("lib/linked.jar"), home.resolve("start"));
        assertThat(component.measure().files()).hasSize(4);

        Files.createSymbolicLink(home.resolve("lib/again"), home.resolve("lib"));
        assertThatThrownBy(() -> component.measure()).isInstanceOf(IOException.class);
    }
}
