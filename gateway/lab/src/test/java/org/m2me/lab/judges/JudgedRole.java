// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab.judges;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.m2me.operators.wiring.RoleContext;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.pki.CertificateAuthority;
import org.m2me.protocol.step.StepObserver;

/** What a role that stands alone before a judge is given. */
final class JudgedRole {
    static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

    private JudgedRole() {}

    static RoleContext context(Path directory, String name, SecureRandom random) throws IOException {
        P256PrivateKey key = P256PrivateKey.generate(random);
        var authority = CertificateAuthority.selfSigned(name, key, NOW, NOW.plus(Duration.ofDays(1)));
        return new RoleContext(
                Files.createDirectories(directory),
                Clock.fixed(NOW, ZoneOffset.UTC),
                random,
                StepObserver.NONE,
                authority.certificate(),
                key,
                List.of(authority.certificate()));
    }
}
