// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.pva;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import org.m2me.operators.Peers;
import org.m2me.operators.Unavailable;
import org.m2me.operators.http.OcspClient;
import org.m2me.operators.pva.PvaSettings.SupplierTrust;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.pki.Certificate;
import org.m2me.protocol.pki.CertificatePath;
import org.m2me.protocol.pki.CertificateRefused;
import org.m2me.protocol.pki.CertificateRefused.Reason;
import org.m2me.protocol.pki.Ocsp;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Authenticity: does the platform credential lead to its supplier, is it valid now, and was it not revoked? */
final class CredentialCheck {
    /** RFC 9654: at least 16 bytes. */
    private static final int OCSP_NONCE_LENGTH = 16;

    private static final Logger LOG = LoggerFactory.getLogger(CredentialCheck.class);

    private final Peers peers;
    private final Clock clock;
    private final SecureRandom random;
    private final OcspClient responders = new OcspClient();

    CredentialCheck(Peers peers, Clock clock, SecureRandom random) {
        this.peers = peers;
        this.clock = clock;
        this.random = random;
    }

    /**
     * Passes only a credential that is good at this moment.
     *
     * @throws Refused CREDENTIAL_EXPIRED, CREDENTIAL_REVOKED, CREDENTIAL_INVALID; UNAVAILABLE when the supplier does
     *     not tell, or its credentials begin later than our clock says, which decides nothing
     */
    void pass(Certificate credential, String supplier, SupplierTrust trust) throws Refused {
        try {
            CertificatePath.verify(credential, List.of(trust.authority()), clock.instant());
            byte[] nonce = new byte[OCSP_NONCE_LENGTH];
            random.nextBytes(nonce);
            byte[] request = Ocsp.request(credential, trust.authority(), nonce);
            byte[] response = trust.responder().isPresent()
                    ? responders.ask(trust.responder().get(), request)
                    : peers.supplier(supplier).ocsp(Opaque.of(request)).bytes();
            Ocsp.check(response, credential, trust.authority(), nonce, clock.instant());
        } catch (CertificateRefused refused) {
            if (refused.reason() == Reason.NOT_YET_VALID) {
                LOG.warn("is a clock wrong, here or at supplier {}? {}", supplier, refused.getMessage());
            }
            throw new Refused(
                    switch (refused.reason()) {
                        case EXPIRED -> ResultCode.CREDENTIAL_EXPIRED;
                        case REVOKED -> ResultCode.CREDENTIAL_REVOKED;
                        case MALFORMED, UNTRUSTED, STATUS_UNKNOWN -> ResultCode.CREDENTIAL_INVALID;
                        case NOT_YET_VALID, STATUS_NOT_TOLD -> ResultCode.UNAVAILABLE;
                    },
                    "platform credential: " + refused.getMessage());
        } catch (Unavailable | IOException silent) {
            throw new Refused(ResultCode.UNAVAILABLE, "OCSP of supplier " + supplier + ": " + silent.getMessage());
        }
    }
}
