// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent.coap;

import java.net.InetSocketAddress;
import java.security.cert.CertPath;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.security.auth.x500.X500Principal;
import org.eclipse.californium.elements.util.CertPathUtil;
import org.eclipse.californium.scandium.dtls.AlertMessage;
import org.eclipse.californium.scandium.dtls.AlertMessage.AlertDescription;
import org.eclipse.californium.scandium.dtls.CertificateMessage;
import org.eclipse.californium.scandium.dtls.CertificateType;
import org.eclipse.californium.scandium.dtls.CertificateVerificationResult;
import org.eclipse.californium.scandium.dtls.ConnectionId;
import org.eclipse.californium.scandium.dtls.HandshakeException;
import org.eclipse.californium.scandium.dtls.HandshakeResultHandler;
import org.eclipse.californium.scandium.dtls.x509.NewAdvancedCertificateVerifier;
import org.eclipse.californium.scandium.util.ServerNames;
import org.m2me.agent.transport.Trust;
import org.m2me.protocol.pki.Certificate;
import org.m2me.protocol.pki.CertificatePath;
import org.m2me.protocol.pki.CertificateRefused;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Believes a server that shows a certificate of the right name from the right authority, not expired. */
final class ServerVerifier implements NewAdvancedCertificateVerifier {
    private static final Logger LOG = LoggerFactory.getLogger(ServerVerifier.class);

    private final Supplier<List<Trust>> trusted;
    private final Clock clock;
    private final Consumer<Instant> begun;

    ServerVerifier(Supplier<List<Trust>> trusted, Clock clock, Consumer<Instant> begun) {
        this.trusted = trusted;
        this.clock = clock;
        this.begun = begun;
    }

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
            return new CertificateVerificationResult(cid, refused, null);
        }
    }

    private CertPath verify(CertificateMessage message) throws HandshakeException {
        if (message.isEmpty() || message.getCertificateChain() == null) {
            throw refused("the server shows no certificate", AlertDescription.BAD_CERTIFICATE);
        }
        X509Certificate leaf = (X509Certificate)
                message.getCertificateChain().getCertificates().get(0);
        List<Trust> ways = trusted.get();
        HandshakeException first = null;
        for (Trust way : ways) {
            try {
                verify(leaf, way);
                if (first != null) {
                    LOG.info(
                            "believes {} in place of {}: {}",
                            way.name(),
                            ways.get(0).name(),
                            first.getMessage());
                }
                return CertPathUtil.generateCertPath(List.of(leaf));
            } catch (HandshakeException refused) {
                first = first == null ? refused : first;
            }
        }
        HandshakeException why = first == null ? refused("no server is trusted", AlertDescription.UNKNOWN_CA) : first;
        LOG.warn("server refused: {}", why.getMessage());
        throw why;
    }

    private void verify(X509Certificate leaf, Trust way) throws HandshakeException {
        try {
            // A device's clock may start in the past, while nobody certifies for the future: too early is no reason to
            // refuse, it is news of the time. Too late is.
            Instant begins = leaf.getNotBefore().toInstant();
            Instant now = clock.instant();
            Certificate certificate =
                    CertificatePath.verifyShown(leaf, way.anchors(), now.isBefore(begins) ? begins : now);
            if (!certificate.commonName().equals(way.name())) {
                throw refused(
                        "the server is " + certificate.commonName() + ", wants " + way.name(),
                        AlertDescription.BAD_CERTIFICATE);
            }
            begun.accept(begins);
        } catch (CertificateRefused refused) {
            throw refused(
                    "the certificate of " + way.name() + ": " + refused.getMessage(),
                    AlertDescription.getDescriptionByCode(refused.reason().alert()));
        }
    }

    private static HandshakeException refused(String why, AlertDescription alert) {
        return new HandshakeException(why, new AlertMessage(AlertMessage.AlertLevel.FATAL, alert));
    }

    /** Nobody is named: only servers ask for such a list. */
    @Override
    public List<X500Principal> getAcceptedIssuers() {
        return List.of();
    }

    /** Not needed: verification answers at once. */
    @Override
    public void setResultHandler(HandshakeResultHandler handler) {}
}
