// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.bridge.role;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.pki.Certificate;
import org.m2me.protocol.pki.CertificatePath;
import org.m2me.protocol.pki.CertificateRefused;
import org.m2me.protocol.pki.JdkForm;

/** TLS in which both ends show certificates of this project's own public key infrastructure. */
final class MutualTls {
    private MutualTls() {}

    /**
     * For a client that talks to one peer.
     *
     * @param peer the common name that the server must have
     */
    static SSLContext client(Certificate own, P256PrivateKey key, List<Certificate> anchors, String peer, Clock clock) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(JdkForm.keyManagers(own, key), new TrustManager[] {new PeerTrust(anchors, peer, clock)}, null);
            return context;
        } catch (GeneralSecurityException absent) {
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
                Certificate certificate = CertificatePath.verifyShown(chain[0], anchors, clock.instant());
                if (!certificate.commonName().equals(peer)) {
                    throw new CertificateException("wants " + peer + ", is " + certificate.commonName());
                }
            } catch (CertificateRefused refused) {
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
