// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.wiring;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.pki.Certificate;

/** Certificates and keys that a command is given in files: PEM (RFC 7468), one of a kind in each. What is wrong names the file. */
public final class Credentials {
    private static final int PEM_SIZE_MAX = 16 * 1024; // a key or a certificate has less than 2 kB

    private Credentials() {}

    /** The first certificate in a file. @throws IOException if there is none */
    public static Certificate certificate(Path file) throws IOException {
        try {
            return Certificate.parse(pem(file, "CERTIFICATE"));
        } catch (IllegalArgumentException malformed) {
            throw new IOException(file + ": " + malformed.getMessage(), malformed);
        }
    }

    /** The key (PKCS #8) of a certificate; the caller closes it. @throws IOException if it is not in the file */
    public static P256PrivateKey key(Path file, Certificate certificate) throws IOException {
        try (SecretBytes der = SecretBytes.takeFrom(pem(file, "PRIVATE KEY"))) {
            P256PrivateKey key = P256PrivateKey.ofPkcs8(der);
            if (!key.publicKey().equals(certificate.publicKey())) {
                key.close();
                throw new IOException(file + " is not the key of " + certificate.commonName());
            }
            return key;
        } catch (IllegalArgumentException malformed) {
            throw new IOException(file + ": not a P-256 key in PKCS #8");
        }
    }

    private static byte[] pem(Path file, String label) throws IOException {
        if (!Files.isReadable(file)) {
            throw new IOException(file + ": cannot be read");
        }
        byte[] text;
        try (var in = Files.newInputStream(file)) {
            text = in.readNBytes(PEM_SIZE_MAX);
        }
        byte[] begin = ascii("-----BEGIN " + label + "-----");
        int from = indexOf(text, begin, 0);
        int to = indexOf(text, ascii("-----END " + label + "-----"), Math.max(from, 0));
        if (from < 0 || to < 0) {
            throw new IOException(file + ": has no PEM of a " + label);
        }
        byte[] body = Arrays.copyOfRange(text, from + begin.length, to);
        try {
            return Base64.getMimeDecoder().decode(body);
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
