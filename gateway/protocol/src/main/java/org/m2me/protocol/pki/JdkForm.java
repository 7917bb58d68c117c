// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.pki;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.crypto.SecretBytes;

/** Certificates and keys as the JDK's TLS, and DTLS made for the JDK, want them. */
public final class JdkForm {
    /** The key store lives in memory and is read once, a line later: its password protects nothing. */
    private static final char[] NO_PASSWORD = new char[0];

    private JdkForm() {}

    /** The JDK's form of a certificate. */
    public static X509Certificate of(Certificate certificate) {
        try {
            return (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(certificate.der()));
        } catch (CertificateException impossible) {
            throw new IllegalStateException(certificate + ": the JDK does not read it", impossible);
        }
    }

    /** The JDK's form of a private key; a copy stays on the heap for as long as TLS needs it. */
    public static PrivateKey of(P256PrivateKey key) {
        try (SecretBytes pkcs8 = key.pkcs8()) {
            return pkcs8.use(JdkForm::decode);
        }
    }

    private static PrivateKey decode(byte[] pkcs8) {
        try {
            return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("a P-256 key that the JDK does not read", impossible);
        }
    }

    /** What one end proves itself with in TLS. */
    public static KeyManager[] keyManagers(Certificate certificate, P256PrivateKey key) {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, NO_PASSWORD);
            store.setKeyEntry("own", of(key), NO_PASSWORD, new X509Certificate[] {of(certificate)});
            KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(store, NO_PASSWORD);
            return factory.getKeyManagers();
        } catch (GeneralSecurityException | IOException wrong) {
            throw new IllegalArgumentException("TLS identity of " + certificate.commonName() + ": " + wrong, wrong);
        }
    }
}
