// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.m2me.operators.http.TlsIdentity;
import org.m2me.operators.wiring.RoleContext;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.pki.Certificate;
import org.m2me.protocol.pki.CertificateAuthority;
import org.m2me.protocol.step.StepObserver;

/** An authority for roles, made for one test. */
public final class TestPki {
    private static final Duration LIFE = Duration.ofDays(10);

    private final SecureRandom random = new SecureRandom();
    private final Instant now = Clock.systemUTC().instant();
    private final CertificateAuthority authority = CertificateAuthority.selfSigned(
            "operators", P256PrivateKey.generate(random), now.minus(LIFE), now.plus(LIFE));

    /** When it was made. */
    public Instant now() {
        return now;
    }

    /** Certificate of the authority. */
    public Certificate anchor() {
        return authority.certificate();
    }

    /** What a role of this name proves itself with on {@code localhost}. */
    public TlsIdentity identity(String name) {
        P256PrivateKey key = P256PrivateKey.generate(random);
        return TlsIdentity.of(certify(name, key), key, List.of(anchor()));
    }

    /** What a role of this name is given. */
    public RoleContext context(String name, Path directory) {
        P256PrivateKey key = P256PrivateKey.generate(random);
        return new RoleContext(
                directory, Clock.systemUTC(), random, StepObserver.NONE, certify(name, key), key, List.of(anchor()));
    }

    /** Leaves {@code NAME.pem}, {@code NAME.key} and {@code ca.pem} in a folder, for who reads files. */
    public void write(Path folder, String name) throws IOException {
        RoleContext role = context(name, folder);
        pem(folder.resolve("ca.pem"), "CERTIFICATE", anchor().der());
        pem(folder.resolve(name + ".pem"), "CERTIFICATE", role.certificate().der());
        byte[] key;
        try (SecretBytes pkcs8 = role.key().pkcs8()) {
            key = pkcs8.use(byte[]::clone);
        }
        pem(folder.resolve(name + ".key"), "PRIVATE KEY", key);
    }

    /** Leaves one thing in a file (RFC 7468). */
    public static void pem(Path file, String label, byte[] der) throws IOException {
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        Files.writeString(file, "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n");
    }

    private Certificate certify(String name, P256PrivateKey key) {
        return authority.issue(new CertificateAuthority.Request(
                name,
                "localhost",
                key.publicKey(),
                CertificateAuthority.Usage.ROLE,
                now.minus(Duration.ofHours(1)),
                now.plus(Duration.ofDays(3))));
    }
}
