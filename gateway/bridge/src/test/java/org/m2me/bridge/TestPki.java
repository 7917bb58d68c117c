// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.bridge;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.pki.Certificate;
import org.m2me.protocol.pki.CertificateAuthority;
import org.m2me.protocol.pki.CertificateAuthority.Request;
import org.m2me.protocol.pki.CertificateAuthority.Usage;
import org.m2me.protocol.pki.JdkForm;

/** The operators' authority and a supplier's, made for one test. */
public final class TestPki {
    /** A key and the certificate that goes with it. */
    public record Identity(Certificate certificate, P256PrivateKey key) {}

    private static final Duration LIFE = Duration.ofDays(30);

    private final SecureRandom random = new SecureRandom();
    private final Instant now;
    private final CertificateAuthority operators;
    private final CertificateAuthority supplier;
    private final CertificateAuthority foreign;

    public TestPki(Clock clock) {
        now = clock.instant();
        operators = authority("operators");
        supplier = authority("acme");
        foreign = authority("acme"); // the same name, another key
    }

    private CertificateAuthority authority(String name) {
        return CertificateAuthority.selfSigned(name, P256PrivateKey.generate(random), now.minus(LIFE), now.plus(LIFE));
    }

    public Identity role(String commonName) {
        return issue(operators, commonName, Usage.ROLE, now.plus(LIFE));
    }

    public Identity device(Ueid ueid) {
        return issue(supplier, ueid.hex(), Usage.DEVICE, now.plus(LIFE));
    }

    public Identity deviceUntil(Ueid ueid, Instant notAfter) {
        return issue(supplier, ueid.hex(), Usage.DEVICE, notAfter);
    }

    public Identity named(String commonName) {
        return issue(supplier, commonName, Usage.DEVICE, now.plus(LIFE));
    }

    public Identity foreignDevice(Ueid ueid) {
        return issue(foreign, ueid.hex(), Usage.DEVICE, now.plus(LIFE));
    }

    private Identity issue(CertificateAuthority authority, String name, Usage usage, Instant notAfter) {
        P256PrivateKey key = P256PrivateKey.generate(random);
        String host = usage == Usage.ROLE ? "127.0.0.1" : "";
        return new Identity(
                authority.issue(new Request(name, host, key.publicKey(), usage, now.minus(LIFE), notAfter)), key);
    }

    public Ueid ueid() {
        byte[] bytes = new byte[Ueid.LENGTH];
        random.nextBytes(bytes);
        bytes[0] = 1;
        return new Ueid(Opaque.of(bytes));
    }

    public List<Certificate> operatorAnchors() {
        return List.of(operators.certificate());
    }

    public List<Certificate> supplierAnchors() {
        return List.of(supplier.certificate());
    }

    /** For a server that asks its clients for a certificate of the operators'. */
    public SSLContext server(Identity own) {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry(
                    "own", JdkForm.of(own.key()), new char[0], new X509Certificate[] {JdkForm.of(own.certificate())});
            KeyManagerFactory keys = KeyManagerFactory.getInstance("SunX509");
            keys.init(store, new char[0]);
            KeyStore anchors = KeyStore.getInstance("PKCS12");
            anchors.load(null, null);
            anchors.setCertificateEntry("operators", JdkForm.of(operators.certificate()));
            TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
            trust.init(anchors);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
