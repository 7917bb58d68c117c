// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.pki.Certificate;
import org.m2me.protocol.pki.CertificateAuthority;
import org.m2me.protocol.pki.JdkForm;

/** Certificates and keys of one run, in its directory, for the processes that take part. */
final class Identities {
    static final String ANCHOR = "operators";

    static final Duration LIFE = Duration.ofDays(30); // results and authorisations end within it

    private Identities() {}

    /** Makes an authority, and an identity for each name. */
    static void make(Path directory, SecureRandom random, Instant now, String... names) throws IOException {
        CertificateAuthority authority = CertificateAuthority.selfSigned(
                ANCHOR, P256PrivateKey.generate(random), now.minus(LIFE), now.plus(LIFE));
        Files.write(directory.resolve(ANCHOR + ".crt"), authority.certificate().der());
        for (String name : names) {
            try (P256PrivateKey key = P256PrivateKey.generate(random);
                    SecretBytes pkcs8 = key.pkcs8()) {
                Certificate certificate = authority.issue(new CertificateAuthority.Request(
                        name,
                        "localhost",
                        key.publicKey(),
                        CertificateAuthority.Usage.ROLE,
                        now.minus(LIFE),
                        now.plus(LIFE)));
                Files.write(directory.resolve(name + ".crt"), certificate.der());
                Files.write(directory.resolve(name + ".key"), pkcs8.use(byte[]::clone));
            }
        }
    }

    static Certificate certificate(Path directory, String name) throws IOException {
        return Certificate.parse(Files.readAllBytes(directory.resolve(name + ".crt")));
    }

    static P256PrivateKey key(Path directory, String name) throws IOException {
        try (SecretBytes der = SecretBytes.takeFrom(Files.readAllBytes(directory.resolve(name + ".key")))) {
            return P256PrivateKey.ofPkcs8(der);
        }
    }

    /** For a client that speaks HTTP by itself. */
    static SSLContext tls(Path directory, String name) throws IOException, GeneralSecurityException {
        KeyStore anchors = KeyStore.getInstance("PKCS12");
        anchors.load(null, new char[0]);
        anchors.setCertificateEntry(ANCHOR, JdkForm.of(certificate(directory, ANCHOR)));
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(anchors);
        SSLContext context = SSLContext.getInstance("TLS");
        try (P256PrivateKey key = key(directory, name)) {
            context.init(JdkForm.keyManagers(certificate(directory, name), key), trust.getTrustManagers(), null);
        }
        return context;
    }
}
