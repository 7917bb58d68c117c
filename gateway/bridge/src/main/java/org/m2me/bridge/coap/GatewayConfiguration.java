// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.bridge.coap;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.eclipse.californium.core.config.CoapConfig;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.elements.config.SystemConfig;
import org.eclipse.californium.elements.config.UdpConfig;
import org.eclipse.californium.scandium.config.DtlsConfig;
import org.eclipse.californium.scandium.config.DtlsConfig.DtlsRole;
import org.eclipse.californium.scandium.dtls.SignatureAndHashAlgorithm;
import org.eclipse.californium.scandium.dtls.cipher.CipherSuite;
import org.eclipse.californium.scandium.dtls.cipher.XECDHECryptography.SupportedGroup;
import org.m2me.bridge.device.Limits;

/** Californium's and Scandium's settings for a server in the open. What is not named here keeps its default. */
final class GatewayConfiguration {
    /** Bytes of a connection ID: the node's number, and 5 that no one guesses or meets twice among 150,000 devices. */
    static final int CID_LENGTH = 6;
    /** What any IPv6 path carries (RFC 8200 5); no datagram is fragmented below. */
    static final int MTU = 1280;
    /** Body that still goes in one datagram of {@link #MTU}: headers, record and options take less than 128 bytes. */
    static final int UNDIVIDED_MAX = 1152;
    /** Twice the largest MCIM envelope: bodies above any resource's own limit are refused block by block. */
    static final int BODY_MAX = 8192;

    private static final int BLOCK = 1024; // the largest of RFC 7959 that fits MTU
    private static final int JOBS_MAX = 10_000; // datagrams that wait for a thread: a second's worth on two cores
    private static final int HANDSHAKE_RESULTS_MAX = 1_000; // verifications that wait; later ones are sent again
    private static final int RECEIVE_BUFFER = 4 * 1024 * 1024; // bytes: absorbs thousands of devices that wake at once
    private static final int MESSAGES_PER_PEER = 64; // remembered to tell repeated ones; a device has one at a time

    private GatewayConfiguration() {}

    static Configuration of(Limits limits, int node) {
        Configuration c = new Configuration(
                CoapConfig.DEFINITIONS, DtlsConfig.DEFINITIONS, UdpConfig.DEFINITIONS, SystemConfig.DEFINITIONS);
        coap(c, limits);
        dtls(c, limits, node);
        return c;
    }

    private static void coap(Configuration c, Limits limits) {
        c.set(CoapConfig.DEDUPLICATOR, CoapConfig.DEDUPLICATOR_PEERS_MARK_AND_SWEEP);
        c.set(CoapConfig.PEERS_MARK_AND_SWEEP_MESSAGES, MESSAGES_PER_PEER);
        c.set(CoapConfig.MAX_ACTIVE_PEERS, limits.devices());
        c.set(CoapConfig.MAX_PEER_INACTIVITY_PERIOD, limits.quiet().toSeconds(), TimeUnit.SECONDS);
        c.set(CoapConfig.MAX_SERVER_OBSERVES, 1); // no resource is observable
        c.set(CoapConfig.PREFERRED_BLOCK_SIZE, BLOCK);
        c.set(CoapConfig.MAX_MESSAGE_SIZE, UNDIVIDED_MAX);
        c.set(CoapConfig.MAX_RESOURCE_BODY_SIZE, BODY_MAX);
        c.set(CoapConfig.STRICT_EMPTY_MESSAGE_FORMAT, true);
        c.set(CoapConfig.PROTOCOL_STAGE_THREAD_COUNT, Runtime.getRuntime().availableProcessors());
        c.set(SystemConfig.HEALTH_STATUS_INTERVAL, 0, TimeUnit.SECONDS);
    }

    @SuppressWarnings("deprecation") // the threshold for resumption: gone in 4.0, where its 0 is the only behaviour
    private static void dtls(Configuration c, Limits limits, int node) {
        c.set(DtlsConfig.DTLS_ROLE, DtlsRole.SERVER_ONLY);
        c.set(DtlsConfig.DTLS_CONNECTION_ID_LENGTH, CID_LENGTH);
        c.set(DtlsConfig.DTLS_CONNECTION_ID_NODE_ID, node);
        c.set(DtlsConfig.DTLS_UPDATE_ADDRESS_USING_CID_ON_NEWER_RECORDS, true);
        c.set(
                DtlsConfig.DTLS_CIPHER_SUITES,
                List.of(
                        CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8,
                        CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256));
        c.set(DtlsConfig.DTLS_CURVES, List.of(SupportedGroup.secp256r1));
        c.set(DtlsConfig.DTLS_SIGNATURE_AND_HASH_ALGORITHMS, List.of(SignatureAndHashAlgorithm.SHA256_WITH_ECDSA));
        c.set(DtlsConfig.DTLS_USE_HELLO_VERIFY_REQUEST, true);
        c.set(DtlsConfig.DTLS_VERIFY_PEERS_ON_RESUMPTION_THRESHOLD, 0); // always: never amplify for a forged source
        c.set(DtlsConfig.DTLS_SERVER_USE_SESSION_ID, false); // devices have a connection ID; saves 32 bytes each
        c.set(DtlsConfig.DTLS_USE_ANTI_REPLAY_FILTER, true);
        c.set(DtlsConfig.DTLS_MAC_ERROR_FILTER_QUIET_TIME, 2, TimeUnit.SECONDS);
        c.set(DtlsConfig.DTLS_MAC_ERROR_FILTER_THRESHOLD, 8); // forged records in a row before one connection goes deaf
        c.set(DtlsConfig.DTLS_MAX_CONNECTIONS, limits.devices());
        c.set(DtlsConfig.DTLS_STALE_CONNECTION_THRESHOLD, limits.quiet().toSeconds(), TimeUnit.SECONDS);
        c.set(DtlsConfig.DTLS_REMOVE_STALE_DOUBLE_PRINCIPALS, true);
        c.set(DtlsConfig.DTLS_MAX_PENDING_INBOUND_JOBS, JOBS_MAX);
        c.set(DtlsConfig.DTLS_MAX_PENDING_OUTBOUND_JOBS, JOBS_MAX);
        c.set(DtlsConfig.DTLS_MAX_PENDING_HANDSHAKE_RESULT_JOBS, HANDSHAKE_RESULTS_MAX);
        c.set(DtlsConfig.DTLS_MAX_FRAGMENTED_HANDSHAKE_MESSAGE_LENGTH, 2048); // one certificate of under 1 kB
        c.set(DtlsConfig.DTLS_MAX_TRANSMISSION_UNIT, MTU);
        c.set(DtlsConfig.DTLS_RECEIVE_BUFFER_SIZE, RECEIVE_BUFFER);
        c.set(DtlsConfig.DTLS_RECEIVER_THREAD_COUNT, 1);
        c.set(DtlsConfig.DTLS_CONNECTOR_THREAD_COUNT, Runtime.getRuntime().availableProcessors());
    }
}
