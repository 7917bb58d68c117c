// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.wiring;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.crypto.P256PublicKey;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.pki.Certificate;

/** Keys and certificates as people keep them (RFC 7468): the first of its kind in a file. */
public final class PemFile {
    /** A key or a certificate has less than 2 kB. */
    private static final int SIZE_MAX = 16 * 1024;

    private PemFile() {}

    /** @throws IllegalArgumentException if there is none, or it is not of P-256 */
    public static Certificate certificate(Path file) throws IOException {
        return Certificate.parse(wanted(file, "CERTIFICATE"));
    }

    /** PKCS #8; the caller closes it. @throws IllegalArgumentException if there is none, or it is not of P-256 */
    public static P256PrivateKey privateKey(Path file) throws IOException {
        try (SecretBytes der = SecretBytes.takeFrom(wanted(file, "PRIVATE KEY"))) {
            return P256PrivateKey.ofPkcs8(der);
        }
    }

    /** A public key, or that of a certificate. @throws IllegalArgumentException if there is neither */
    public static P256PublicKey publicKey(Path file) throws IOException {
        Optional<byte[]> spki = find(file, "PUBLIC KEY");
        return spki.isPresent()
                ? P256PublicKey.ofSpki(spki.get())
                : certificate(file).publicKey();
    }

    private static byte[] wanted(Path file, String label) throws IOException {
        return find(file, label).orElseThrow(() -> new IllegalArgumentException(file + ": has no PEM of a " + label));
    }

    private static Optional<byte[]> find(Path file, String label) throws IOException {
        byte[] text;
        try (var in = Files.newInputStream(file)) {
            text = in.readNBytes(SIZE_MAX);
        }
        byte[] begin = ascii("-----BEGIN " + label + "-----");
        int from = indexOf(text, begin, 0);
        int to = indexOf(text, ascii("-----END " + label + "-----"), Math.max(from, 0));
        if (from < 0 || to < 0) {
            Arrays.fill(text, (byte) 0);
            return Optional.empty();
        }
        byte[] body = Arrays.copyOfRange(text, from + begin.length, to);
        try {
            return Optional.of(Base64.getMimeDecoder().decode(body));
        } finally {
            Arrays.fill(body, (byte) 0);
            Arrays.fill(text, (byte) 0);
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static int indexOf(byte[] text, byte[] wanted, int from) {
        for (int at = from; at <= text.length - wanted.length; at++) {
            if (Arrays.equals(text, at, at + wanted.length, wanted, 0, wanted.length)) {
                return at;
            }
        }
        return -1;
    }
}
