// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.pki;

import java.security.SecureRandom;
import java.time.Instant;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.crypto.P256PublicKey;
import org.m2me.protocol.pki.CertificateAuthority.Request;
import org.m2me.protocol.pki.CertificateAuthority.Usage;

/** An authority and its keys, made at run time, and the year in which they are valid. */
public final class TestPki {
    /** The first second of validity. */
    public static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

    /** Well within. */
    public static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

    /** The last second of validity; far off, for openssl looks at the real clock. */
    public static final Instant END = Instant.parse("2049-12-31T23:59:59Z");

    /** A device's name: as long as they come. */
    public static final String UEID = "01a4b3c2d1e0f90817263544536271809f";

    private final SecureRandom random = new SecureRandom();
    private final P256PrivateKey key = P256PrivateKey.generate(random);
    private final CertificateAuthority authority;

    public TestPki(String commonName) {
        authority = CertificateAuthority.selfSigned(commonName, key, BEGIN, END);
    }

    /** Another key pair. */
    public P256PrivateKey newKey() {
        return P256PrivateKey.generate(random);
    }

    /** Of the authority. */
    public P256PrivateKey key() {
        return key;
    }

    public CertificateAuthority authority() {
        return authority;
    }

    /** Of the authority. */
    public Certificate root() {
        return authority.certificate();
    }

    /** A certificate of this authority, valid all the time. */
    public Certificate issue(String commonName, P256PublicKey subject, Usage usage) {
        return authority.issue(new Request(commonName, "", subject, usage, BEGIN, END));
    }
}
