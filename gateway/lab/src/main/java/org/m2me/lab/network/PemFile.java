// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab.network;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Base64;
import java.util.Set;
import org.m2me.protocol.crypto.SecretBytes;

/** Files in the form that openssl and curl read (RFC 7468). */
final class PemFile {
    private static final int LINE = 64;

    private PemFile() {}

    static void write(Path file, String label, byte[] der) throws IOException {
        Files.write(file, encode(label, der));
    }

    /** The same, readable by its owner only from the moment it exists. */
    static void writeSecret(Path file, String label, SecretBytes der) throws IOException {
        var owner = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        try (var out =
                Files.newByteChannel(file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), owner)) {
            byte[] content = der.use(raw -> encode(label, raw));
            int unused = out.write(ByteBuffer.wrap(content));
            Arrays.fill(content, (byte) 0);
        }
    }

    private static byte[] encode(String label, byte[] der) {
        String body = Base64.getMimeEncoder(LINE, new byte[] {'\n'}).encodeToString(der);
        return ("-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n")
                .getBytes(StandardCharsets.US_ASCII);
    }
}
