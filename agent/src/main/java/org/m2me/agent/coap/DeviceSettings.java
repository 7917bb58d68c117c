// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent.coap;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.eclipse.californium.core.config.CoapConfig;
import org.eclipse.californium.core.config.CoapConfig.MatcherMode;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.elements.config.SystemConfig;
import org.eclipse.californium.elements.config.UdpConfig;
import org.eclipse.californium.scandium.config.DtlsConfig;
import org.eclipse.californium.scandium.config.DtlsConfig.DtlsRole;
import org.eclipse.californium.scandium.config.DtlsConfig.DtlsSecureRenegotiation;
import org.eclipse.californium.scandium.dtls.ExtendedMasterSecretMode;
import org.eclipse.californium.scandium.dtls.SignatureAndHashAlgorithm;
import org.eclipse.californium.scandium.dtls.cipher.CipherSuite;
import org.eclipse.californium.scandium.dtls.cipher.XECDHECryptography.SupportedGroup;
import org.m2me.protocol.envelope.McimEnvelope;

/** Californium's and Scandium's settings for a small client that pays for each byte: one of everything, no extras. */
final class DeviceSettings {
    private static final int MTU = 1280; // what any IPv6 path carries (RFC 8200 5)
    private static final int UNDIVIDED_MAX = 1152; // body that still goes in one datagram of MTU, options included
    private static final int BLOCK = 1024; // the largest of RFC 7959 that fits MTU
    private static final int BODY_MAX = 2 * McimEnvelope.SIZE_MAX; // the largest mail, with what is around it

    private DeviceSettings() {}

    static Configuration make() {
        Configuration c = new Configuration(
                CoapConfig.DEFINITIONS, DtlsConfig.DEFINITIONS, UdpConfig.DEFINITIONS, SystemConfig.DEFINITIONS);
        c.set(CoapConfig.TOKEN_SIZE_LIMIT, 1); // one request at a time, on a connection of its own
        c.set(CoapConfig.PREFERRED_BLOCK_SIZE, BLOCK);
        c.set(CoapConfig.MAX_MESSAGE_SIZE, UNDIVIDED_MAX);
        c.set(CoapConfig.MAX_RESOURCE_BODY_SIZE, BODY_MAX);
        c.set(CoapConfig.RESPONSE_MATCHING, MatcherMode.PRINCIPAL);
        c.set(CoapConfig.PROTOCOL_STAGE_THREAD_COUNT, 1);
        c.set(CoapConfig.MAX_ACTIVE_PEERS, 2);
        c.set(SystemConfig.HEALTH_STATUS_INTERVAL, 0, TimeUnit.SECONDS);
        c.set(DtlsConfig.DTLS_ROLE, DtlsRole.CLIENT_ONLY);
        c.set(
                DtlsConfig.DTLS_CONNECTION_ID_LENGTH,
                0); // the gateway's is used; this end needs none and saves its bytes
        c.set(DtlsConfig.DTLS_CIPHER_SUITES, List.of(CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8));
        c.set(DtlsConfig.DTLS_CURVES, List.of(SupportedGroup.secp256r1));
        c.set(DtlsConfig.DTLS_SIGNATURE_AND_HASH_ALGORITHMS, List.of(SignatureAndHashAlgorithm.SHA256_WITH_ECDSA));
        c.set(DtlsConfig.DTLS_EXTENDED_MASTER_SECRET_MODE, ExtendedMasterSecretMode.REQUIRED);
        c.set(DtlsConfig.DTLS_SECURE_RENEGOTIATION, DtlsSecureRenegotiation.NONE); // never renegotiates
        c.set(DtlsConfig.DTLS_USE_SERVER_NAME_INDICATION, false);
        c.set(DtlsConfig.DTLS_VERIFY_SERVER_CERTIFICATES_SUBJECT, false); // the name is a role's, not a host's
        c.set(DtlsConfig.DTLS_MAX_TRANSMISSION_UNIT, MTU);
        c.set(DtlsConfig.DTLS_MAX_CONNECTIONS, 2);
        c.set(DtlsConfig.DTLS_RECEIVER_THREAD_COUNT, 1);
        c.set(DtlsConfig.DTLS_CONNECTOR_THREAD_COUNT, 1);
        return c;
    }
}
