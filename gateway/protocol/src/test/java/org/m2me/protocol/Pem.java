// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.pki.Certificate;

/** Files as openssl reads them (RFC 7468). */
public final class Pem {
    private Pem() {}

    public static void write(Path file, Certificate certificate) throws IOException {
        Files.writeString(file, text("CERTIFICATE", certificate.der()));
    }

    /** A private key that was made for a test. */
    public static void write(Path file, P256PrivateKey key) {
        try (SecretBytes pkcs8 = key.pkcs8()) {
            pkcs8.use(der -> {
                try {
                    return Files.writeString(file, text("PRIVATE KEY", der));
                } catch (IOException failed) {
                    throw new UncheckedIOException(failed);
                }
            });
        }
    }

    /** The only certificate in a file. */
    public static Certificate readCertificate(Path file) throws IOException {
        String body = Files.readString(file).replaceAll("-----(BEGIN|END) CERTIFICATE-----", "");
        return Certificate.parse(Base64.getMimeDecoder().decode(body));
    }

    private static String text(String label, byte[] der) {
        String lines = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                .encodeToString(der);
        return "-----BEGIN " + label + "-----\n" + lines + "\n-----END " + label + "-----\n";
    }
}
