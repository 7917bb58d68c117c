// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent.coap;

import java.security.cert.X509Certificate;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.eclipse.californium.scandium.dtls.CertificateIdentityResult;
import org.eclipse.californium.scandium.dtls.CertificateType;
import org.eclipse.californium.scandium.dtls.ConnectionId;
import org.eclipse.californium.scandium.dtls.HandshakeResultHandler;
import org.eclipse.californium.scandium.dtls.SignatureAndHashAlgorithm;
import org.eclipse.californium.scandium.dtls.cipher.CipherSuite.CertificateKeyAlgorithm;
import org.eclipse.californium.scandium.dtls.cipher.XECDHECryptography.SupportedGroup;
import org.eclipse.californium.scandium.dtls.x509.CertificateProvider;
import org.eclipse.californium.scandium.util.ServerNames;
import org.m2me.hal.TrustedEnvironment;
import org.m2me.protocol.pki.Certificate;
import org.m2me.protocol.pki.JdkForm;

/**
 * Who the device is: one certificate, and a key that signs elsewhere. Scandium's own provider would try the key with
 * SHA-1 first, which the Trusted Environment does not do.
 */
final class TreIdentity implements CertificateProvider {
    private final TrePrivateKey key;
    private final X509Certificate certificate;

    TreIdentity(TrustedEnvironment tre) {
        this.key = new TrePrivateKey(tre);
        this.certificate = JdkForm.of(Certificate.parse(tre.transportCertificate()));
    }

    @Override
    public List<CertificateKeyAlgorithm> getSupportedCertificateKeyAlgorithms() {
        return List.of(CertificateKeyAlgorithm.EC);
    }

    @Override
    public List<CertificateType> getSupportedCertificateTypes() {
        return List.of(CertificateType.X_509);
    }

    @Override
    public CertificateIdentityResult requestCertificateIdentity(
            ConnectionId cid,
            boolean client,
            List<X500Principal> issuers,
            ServerNames serverNames,
            List<CertificateKeyAlgorithm> keyAlgorithms,
            List<SignatureAndHashAlgorithm> signatureAlgorithms,
            List<SupportedGroup> curves) {
        return new CertificateIdentityResult(cid, key, List.of(certificate));
    }

    /** Not needed: the identity is there at once. */
    @Override
    public void setResultHandler(HandshakeResultHandler handler) {}
}
