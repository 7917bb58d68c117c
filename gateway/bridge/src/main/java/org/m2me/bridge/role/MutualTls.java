// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.bridge.role;

import java.io.ByteArrayInputStream;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Clock;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.pki.Certificate;
import org.m2me.protocol.pki.CertificatePath;
import org.m2me.protocol.pki.CertificateRefused;

/** TLS in which both ends show certificates of this project's own public key infrastructure. */
public final class MutualTls {
    private MutualTls() {}

    /** The JDK's form of a certificate. */
    public static X509Certificate jca(Certificate certificate) {
        try {
            return (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(certificate.der()));
        } catch (CertificateException refused) {
            throw new IllegalArgumentException("certificate " + certificate.commonName(), refused);
        }
    }

    /** The JDK's form of a private key; it stays in the heap for as long as TLS needs it. */
    public static PrivateKey jca(P256PrivateKey key) {
        try (SecretBytes pkcs8 = key.pkcs8()) {
            return pkcs8.use(MutualTls::decode);
        }
    }

    private static PrivateKey decode(byte[] pkcs8) {
        try {
            return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
        } catch (GeneralSecurityException absent) {
            throw new IllegalStateException("this Java has no elliptic curves", absent);
        }
    }

    /**
     * For a client that talks to one peer.
     *
     * @param peer the common name that the server must have
     */
    static SSLContext client(Certificate own, P256PrivateKey key, List<Certificate> anchors, String peer, Clock clock) {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            char[] unused = new char[0]; // the store never leaves memory
            store.setKeyEntry("own", jca(key), unused, new X509Certificate[] {jca(own)});
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, unused);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), new TrustManager[] {new PeerTrust(anchors, peer, clock)}, null);
            return context;
        } catch (GeneralSecurityException | java.io.IOException absent) {
            throw new IllegalStateException("this Java has no TLS", absent);
        }
    }

    /** Trusts one name under our anchors, dates included; the name is a role's, so it replaces the host name. */
    private static final class PeerTrust extends X509ExtendedTrustManager {
        private final List<Certificate> anchors;
        private final String peer;
        private final Clock clock;

        private PeerTrust(List<Certificate> anchors, String peer, Clock clock) {
            this.anchors = anchors;
            this.peer = peer;
            this.clock = clock;
        }

        private void verify(X509Certificate[] chain) throws CertificateException {
            try {
                Certificate certificate = Certificate.parse(chain[0].getEncoded());
                CertificatePath.verify(certificate, anchors, clock.instant());
                if (!certificate.commonName().equals(peer)) {
                    throw new CertificateException("wants " + peer + ", is " + certificate.commonName());
                }
            } catch (CertificateRefused | IllegalArgumentException refused) {
                throw new CertificateException(peer + ": " + refused.getMessage(), refused);
            }
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
                throws CertificateException {
            verify(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
                throws CertificateException {
            verify(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            verify(chain);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
                throws CertificateException {
            throw new CertificateException("this end is a client");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
                throws CertificateException {
            throw new CertificateException("this end is a client");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            throw new CertificateException("this end is a client");
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
