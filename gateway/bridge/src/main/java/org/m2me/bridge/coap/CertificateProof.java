// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.bridge.coap;

import java.net.InetSocketAddress;
import java.security.Principal;
import java.security.cert.CertPath;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.security.auth.x500.X500Principal;
import org.eclipse.californium.elements.auth.AdditionalInfo;
import org.eclipse.californium.elements.auth.X509CertPath;
import org.eclipse.californium.elements.config.CertificateAuthenticationMode;
import org.eclipse.californium.elements.util.CertPathUtil;
import org.eclipse.californium.scandium.config.DtlsConfig;
import org.eclipse.californium.scandium.config.DtlsConnectorConfig;
import org.eclipse.californium.scandium.dtls.AlertMessage;
import org.eclipse.californium.scandium.dtls.AlertMessage.AlertDescription;
import org.eclipse.californium.scandium.dtls.CertificateMessage;
import org.eclipse.californium.scandium.dtls.CertificateType;
import org.eclipse.californium.scandium.dtls.CertificateVerificationResult;
import org.eclipse.californium.scandium.dtls.ConnectionId;
import org.eclipse.californium.scandium.dtls.HandshakeException;
import org.eclipse.californium.scandium.dtls.HandshakeResultHandler;
import org.eclipse.californium.scandium.dtls.x509.NewAdvancedCertificateVerifier;
import org.eclipse.californium.scandium.dtls.x509.SingleCertificateProvider;
import org.eclipse.californium.scandium.util.ServerNames;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.pki.Certificate;
import org.m2me.protocol.pki.CertificatePath;
import org.m2me.protocol.pki.CertificateRefused;
import org.m2me.protocol.pki.JdkForm;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Both ends show one certificate each; the device's common name is its UEID in hexadecimal. */
public final class CertificateProof implements DeviceProof {
    private static final Logger LOG = LoggerFactory.getLogger(CertificateProof.class);
    private static final String UEID = "ueid";
    private static final String VALID_UNTIL = "until";

    private final Certificate own;
    private final P256PrivateKey key;
    private final List<Certificate> deviceAnchors;
    private final Clock clock;

    /** @param deviceAnchors the suppliers' authorities */
    public CertificateProof(Certificate own, P256PrivateKey key, List<Certificate> deviceAnchors, Clock clock) {
        this.own = own;
        this.key = key;
        this.deviceAnchors = List.copyOf(deviceAnchors);
        this.clock = clock;
    }

    @Override
    public void configure(DtlsConnectorConfig.Builder dtls) {
        dtls.set(DtlsConfig.DTLS_CLIENT_AUTHENTICATION_MODE, CertificateAuthenticationMode.NEEDED);
        // Only the leaf: devices hold the anchor, and every byte is paid for.
        dtls.setCertificateIdentityProvider(new SingleCertificateProvider(
                JdkForm.of(key), new X509Certificate[] {JdkForm.of(own)}, CertificateType.X_509));
        dtls.setAdvancedCertificateVerifier(new Verifier());
        dtls.setApplicationLevelInfoSupplier((principal, custom) -> info(principal));
    }

    @Override
    public Optional<Ueid> device(Principal principal) {
        if (!(principal instanceof X509CertPath path)) {
            return Optional.empty();
        }
        Instant until = path.getExtendedInfo().get(VALID_UNTIL, Instant.class);
        if (until == null || clock.instant().isAfter(until)) {
            return Optional.empty();
        }
        return Optional.ofNullable(path.getExtendedInfo().get(UEID, Ueid.class));
    }

    private static AdditionalInfo info(Principal principal) {
        if (!(principal instanceof X509CertPath path)) {
            return AdditionalInfo.empty();
        }
        try {
            Certificate certificate = Certificate.parse(path.getTarget().getEncoded());
            return AdditionalInfo.from(
                    Map.of(UEID, Ueid.hex(certificate.commonName()), VALID_UNTIL, certificate.notAfter()));
        } catch (CertificateEncodingException impossible) {
            throw new IllegalStateException("a verified certificate lost its encoding", impossible);
        }
    }

    private CertPath verify(CertificateMessage message) throws HandshakeException {
        List<? extends java.security.cert.Certificate> chain =
                message.isEmpty() || message.getCertificateChain() == null
                        ? List.of()
                        : message.getCertificateChain().getCertificates();
        if (chain.isEmpty()) {
            throw refused("no certificate", AlertDescription.BAD_CERTIFICATE);
        }
        X509Certificate leaf = (X509Certificate) chain.get(0);
        try {
            Certificate certificate = CertificatePath.verifyShown(leaf, deviceAnchors, clock.instant());
            Ueid.hex(certificate.commonName()); // or it is no device
            return CertPathUtil.generateCertPath(List.of(leaf));
        } catch (CertificateRefused refused) {
            throw refused(
                    refused.toString(),
                    AlertDescription.getDescriptionByCode(refused.reason().alert()));
        } catch (IllegalArgumentException nameless) {
            throw refused(nameless.toString(), AlertDescription.BAD_CERTIFICATE);
        }
    }

    private static HandshakeException refused(String why, AlertDescription alert) {
        return new HandshakeException(why, new AlertMessage(AlertMessage.AlertLevel.FATAL, alert));
    }

    private final class Verifier implements NewAdvancedCertificateVerifier {
        @Override
        public List<CertificateType> getSupportedCertificateTypes() {
            return List.of(CertificateType.X_509);
        }

        @Override
        public CertificateVerificationResult verifyCertificate(
                ConnectionId cid,
                ServerNames serverName,
                InetSocketAddress peer,
                boolean clientUsage,
                boolean verifySubject,
                boolean truncate,
                CertificateMessage message) {
            try {
                return new CertificateVerificationResult(cid, verify(message), null);
            } catch (HandshakeException refused) {
                LOG.info("device at {} refused: {}", peer, refused.getMessage());
                return new CertificateVerificationResult(cid, refused, null);
            }
        }

        /** Nobody is named: the list would travel in every handshake, and a device has one certificate only. */
        @Override
        public List<X500Principal> getAcceptedIssuers() {
            return List.of();
        }

        /** Not needed: verification answers at once. */
        @Override
        public void setResultHandler(HandshakeResultHandler handler) {}
    }
}
