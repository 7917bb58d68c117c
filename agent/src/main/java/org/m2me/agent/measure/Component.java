// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent.measure;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.m2me.protocol.crypto.Hashes;
import org.m2me.protocol.identity.Opaque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A part of the firmware that is measured under one name.
 *
 * @param name at most 32 characters
 * @param version at most 32 characters
 * @param roots files, and directories with all that is below them
 */
public record Component(String name, String version, List<Path> roots) {
    private static final Logger LOG = LoggerFactory.getLogger(Component.class);
    private static final int BUFFER = 64 * 1024; // bytes read at once: few calls, little memory

    public Component {
        roots = List.copyOf(roots);
    }

    /**
     * Reads every file, now. Nothing is remembered from earlier: a challenge is answered with what is there.
     *
     * @throws IrregularFileException if one is a pipe, a device or a socket
     */
    public Measurement measure() throws IOException {
        List<MeasuredFile> files = new ArrayList<>();
        for (Path root : roots) {
            if (Files.isDirectory(root)) {
                for (Path file : below(root)) {
                    files.add(measure(
                            name(root) + "/" + root.relativize(file).toString().replace('\\', '/'), file));
                }
            } else {
                files.add(measure(name(root), root));
            }
        }
        Measurement measurement = new Measurement(name, version, files);
        if (LOG.isDebugEnabled()) {
            measurement.files().forEach(f -> LOG.debug("{}: {} {} {}", name, f.sha256(), f.size(), f.path()));
        }
        return measurement;
    }

    private static String name(Path root) {
        return String.valueOf(root.getFileName());
    }

    private static List<Path> below(Path root) throws IOException {
        try (Stream<Path> walk = Files.walk(root, FileVisitOption.FOLLOW_LINKS)) {
            return walk.filter(path -> !Files.isDirectory(path)).toList();
        } catch (UncheckedIOException broken) {
            throw new IOException(root + " cannot be walked: " + broken.getMessage(), broken);
        }
    }

    private static MeasuredFile measure(String path, Path file) throws IOException {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new IrregularFileException(file);
        }
        MessageDigest sum = Hashes.sha256();
        long size = 0;
        byte[] buffer = new byte[BUFFER];
        try (InputStream in = Files.newInputStream(file)) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                sum.update(buffer, 0, n);
                size += n;
            }
        } catch (NoSuchFileException absent) {
            return new MeasuredFile(path, MeasuredFile.ABSENT, Opaque.of(new byte[32]));
        }
        return new MeasuredFile(path, size, Opaque.of(sum.digest()));
    }
}
