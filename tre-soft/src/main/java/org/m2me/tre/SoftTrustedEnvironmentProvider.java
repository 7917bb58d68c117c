// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.tre;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.stream.Stream;
import org.m2me.hal.TrustException;
import org.m2me.hal.TrustedEnvironment;
import org.m2me.hal.TrustedEnvironmentProvider;
import org.m2me.protocol.message.ResultCode;
import org.m2me.tre.store.DirectoryDisk;
import org.m2me.tre.store.DirectoryLock;

/** The Trusted Environment in software: a directory that only its owner reads. */
public final class SoftTrustedEnvironmentProvider implements TrustedEnvironmentProvider {
    private static final String OWNER_ONLY = "rwx------";

    @Override
    public String name() {
        return "soft";
    }

    @Override
    public Blank make(Path directory, SecureRandom random) throws IOException {
        Files.createDirectories(directory);
        try (Stream<Path> files = Files.list(directory)) {
            if (files.findAny().isPresent()) {
                throw new IOException(directory + ": not empty; a Trusted Environment is made in an empty directory");
            }
        }
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString(OWNER_ONLY));
        DirectoryLock lock = DirectoryLock.take(directory);
        try (lock) {
            return Manufacture.make(new DirectoryDisk(directory), random);
        }
    }

    @Override
    public void personalise(Path directory, Personalisation personalisation, SecureRandom random)
            throws IOException, TrustException {
        DirectoryLock lock = lock(directory);
        try (lock;
                Memory memory = Memory.open(new DirectoryDisk(directory), random)) {
            Manufacture.personalise(memory, personalisation);
        }
    }

    @Override
    public TrustedEnvironment open(Path directory, SecureRandom random) throws IOException, TrustException {
        DirectoryLock lock = lock(directory);
        boolean opened = false;
        try {
            TrustedEnvironment environment = SoftTrustedEnvironment.start(new DirectoryDisk(directory), lock, random);
            opened = true;
            return environment;
        } finally {
            if (!opened) {
                lock.close();
            }
        }
    }

    @Override
    public boolean isOpen(Path directory) throws IOException {
        return DirectoryLock.isTaken(directory);
    }

    // A lock in a directory where nothing was made would make it not empty.
    private static DirectoryLock lock(Path directory) throws IOException, TrustException {
        if (Files.notExists(directory.resolve(Memory.ROOT_FILE))) {
            throw Refusal.of(ResultCode.NOT_FOUND, directory + ": no Trusted Environment was made here");
        }
        return DirectoryLock.take(directory);
    }
}
