// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.http;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/** Believes a server that an anchor certified if it also is the role that was called: any other role may not stand in. */
final class NamedPeerTrust extends X509ExtendedTrustManager {
    private final X509ExtendedTrustManager anchors;
    private final NamedPeers peers;

    NamedPeerTrust(X509ExtendedTrustManager anchors, NamedPeers peers) {
        this.anchors = anchors;
        this.peers = peers;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        anchors.checkServerTrusted(chain, authType, engine);
        String name;
        try {
            name = Caller.of(chain[0]).name();
        } catch (IllegalArgumentException nameless) {
            throw new CertificateException(nameless);
        }
        if (!peers.isExpected(engine.getPeerHost(), engine.getPeerPort(), name)) {
            throw new CertificateException(
                    name + " is not the role expected at " + engine.getPeerHost() + ":" + engine.getPeerPort());
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        throw withoutAddress();
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw withoutAddress();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        anchors.checkClientTrusted(chain, authType, engine);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        anchors.checkClientTrusted(chain, authType, socket);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        anchors.checkClientTrusted(chain, authType);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return anchors.getAcceptedIssuers();
    }

    private static CertificateException withoutAddress() {
        return new CertificateException("only engines know which address was called");
    }
}
