// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.http;

import java.io.ByteArrayInputStream;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.m2me.protocol.pki.Certificate;

/** TLS of somebody who is not a role. */
final class TestTls {
    private TestTls() {}

    /** Believes the anchor, and has nothing to show. */
    static SSLContext withoutKey(Certificate anchor) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, new char[0]);
        store.setCertificateEntry(
                "anchor",
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(anchor.der())));
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }
}
