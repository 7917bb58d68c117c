// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.auc;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Set;
import org.m2me.protocol.aka.AkaKey;
import org.m2me.protocol.crypto.Aead;
import org.m2me.protocol.crypto.ForgedException;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.identity.Imsi;

/**
 * Seals K and OPc for the database: with a key in a file of its own beside it, mode 0600, so that a copy of the database
 * alone gives nothing away.
 */
final class SealingKey implements AutoCloseable {
    private static final int LENGTH = 32;
    private static final String PURPOSE = "m2me auc 1 ";

    private final SecretBytes key;
    private final SecureRandom random;

    private SealingKey(SecretBytes key, SecureRandom random) {
        this.key = key;
        this.random = random;
    }

    static SealingKey read(Path file, SecureRandom random) throws IOException {
        byte[] content = Files.readAllBytes(file);
        try {
            if (content.length != LENGTH) {
                throw new IOException(file + ": " + content.length + " bytes, a key has " + LENGTH);
            }
            return new SealingKey(SecretBytes.copyOf(content), random);
        } finally {
            Arrays.fill(content, (byte) 0);
        }
    }

    /** A fresh one, durable before it is used. */
    static SealingKey make(Path file, SecureRandom random) throws IOException {
        Path unfinished = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(unfinished);
        SecretBytes key = SecretBytes.random(LENGTH, random);
        var owner = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        try (FileChannel out =
                FileChannel.open(unfinished, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), owner)) {
            write(key, out);
            out.force(true);
        }
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel directory = FileChannel.open(file.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
            directory.force(true);
        }
        return new SealingKey(key, random);
    }

    private static void write(SecretBytes key, FileChannel out) throws IOException {
        ByteBuffer content = ByteBuffer.allocateDirect(LENGTH);
        key.use(raw -> content.put(0, raw));
        while (content.hasRemaining()) {
            out.write(content);
        }
        content.put(0, new byte[LENGTH]);
    }

    byte[] seal(Imsi imsi, AkaKey secrets) {
        try (SecretBytes joined = secrets.join()) {
            return joined.use(plain -> Aead.seal(key, plain, purpose(imsi), random));
        }
    }

    AkaKey open(Imsi imsi, byte[] sealed) {
        try (SecretBytes plain = Aead.open(key, sealed, purpose(imsi))) {
            return plain.use(AkaKey::split);
        } catch (ForgedException e) {
            throw new IllegalStateException(
                    "subscription " + imsi + ": its sealed key does not open; was the key file replaced?", e);
        }
    }

    private static byte[] purpose(Imsi imsi) {
        return (PURPOSE + imsi).getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public void close() {
        key.close();
    }
}
