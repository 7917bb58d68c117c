// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.http;

import java.security.KeyStore;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.m2me.protocol.pki.Certificate;
import org.m2me.protocol.pki.JdkForm;

/** TLS of somebody who is not a role. */
final class TestTls {
    private TestTls() {}

    /** Believes the anchor, and has nothing to show. */
    static SSLContext withoutKey(Certificate anchor) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, new char[0]);
        store.setCertificateEntry("anchor", JdkForm.of(anchor));
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }
}
