// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.http;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.pki.Certificate;
import org.m2me.protocol.pki.JdkForm;

/**
 * With what a role proves itself in TLS, and whom it believes. The JDK's TLS needs the private key as an object of its
 * own, so a copy stays in its memory for as long as the role runs.
 */
public final class TlsIdentity {
    /** TLS 1.2 stays for operators' systems that are not newer. */
    static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");

    /** The key store lives in memory and is read once, a line later: its password protects nothing. */
    private static final char[] NO_PASSWORD = new char[0];

    private final KeyManager[] keys;
    private final X509ExtendedTrustManager trust;

    private TlsIdentity(KeyManager[] keys, X509ExtendedTrustManager trust) {
        this.keys = keys;
        this.trust = trust;
    }

    /**
     * An identity.
     *
     * @param anchors issuers of the certificates of peers
     * @throws IllegalArgumentException if key and certificates do not fit into a key store
     */
    public static TlsIdentity of(Certificate certificate, P256PrivateKey key, List<Certificate> anchors) {
        try {
            return new TlsIdentity(JdkForm.keyManagers(certificate, key), trust(anchors));
        } catch (GeneralSecurityException | IOException wrong) {
            throw new IllegalArgumentException("TLS identity of " + certificate.commonName() + ": " + wrong, wrong);
        }
    }

    private static X509ExtendedTrustManager trust(List<Certificate> anchors)
            throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, NO_PASSWORD);
        for (int i = 0; i < anchors.size(); i++) {
            store.setCertificateEntry("anchor" + i, JdkForm.of(anchors.get(i)));
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(store);
        for (TrustManager manager : factory.getTrustManagers()) {
            if (manager instanceof X509ExtendedTrustManager pkix) {
                return pkix;
            }
        }
        throw new IllegalStateException("this Java platform has no PKIX trust manager");
    }

    /** For a server: takes every client that an anchor certified, to be told apart by name. */
    SSLContext forServer() {
        return context(trust);
    }

    /** For a client: besides the anchor and the host, the server's common name is looked at. */
    SSLContext forClient(NamedPeers peers) {
        return context(new NamedPeerTrust(trust, peers));
    }

    private SSLContext context(TrustManager manager) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys, new TrustManager[] {manager}, null);
            return context;
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every Java platform has TLS", impossible);
        }
    }
}
