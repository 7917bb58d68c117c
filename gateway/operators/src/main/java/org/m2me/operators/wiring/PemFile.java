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
import java.util.function.Function;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.crypto.P256PublicKey;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.pki.Certificate;

/** Keys and certificates as people keep them (RFC 7468): the first of its kind in a file. What is wrong names the file. */
public final class PemFile {
    /** A key or a certificate has less than 2 kB. */
    private static final int SIZE_MAX = 16 * 1024;

    private PemFile() {}

    /** @throws IOException if there is none, or it is not of P-256 */
    public static Certificate certificate(Path file) throws IOException {
        return parsed(file, Certificate::parse, wanted(file, "CERTIFICATE"));
    }

    /** The key (PKCS #8) of a certificate; the caller closes it. @throws IOException if it is not in the file */
    public static P256PrivateKey key(Path file, Certificate certificate) throws IOException {
        try (SecretBytes der = SecretBytes.takeFrom(wanted(file, "PRIVATE KEY"))) {
            P256PrivateKey key = P256PrivateKey.ofPkcs8(der);
            if (!key.publicKey().equals(certificate.publicKey())) {
                key.close();
                throw new IOException(file + " is not the key of " + certificate.commonName());
            }
            return key;
        } catch (IllegalArgumentException malformed) {
            throw new IOException(file + ": not a P-256 key in PKCS #8"); // whatever it is, it is not told
        }
    }

    /** A public key, or that of a certificate. @throws IOException if there is neither */
    public static P256PublicKey publicKey(Path file) throws IOException {
        Optional<byte[]> spki = find(file, "PUBLIC KEY");
        return spki.isPresent()
                ? parsed(file, P256PublicKey::ofSpki, spki.get())
                : certificate(file).publicKey();
    }

    private static <T> T parsed(Path file, Function<byte[], T> parser, byte[] der) throws IOException {
        try {
            return parser.apply(der);
        } catch (IllegalArgumentException malformed) {
            throw new IOException(file + ": " + malformed.getMessage(), malformed);
        }
    }

    private static byte[] wanted(Path file, String label) throws IOException {
        return find(file, label).orElseThrow(() -> new IOException(file + ": has no PEM of a " + label));
    }

    private static Optional<byte[]> find(Path file, String label) throws IOException {
        if (!Files.isReadable(file)) {
            throw new IOException(file + ": cannot be read");
        }
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
        } catch (IllegalArgumentException malformed) {
            throw new IOException(file + ": is not base64");
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
