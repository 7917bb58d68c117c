// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * The device's Trusted Environment (TRE): keeps keys and subscriptions, measures, gives evidence, is the USIM. No key
 * crosses this interface. Every change is durable when its call returns. A change that failed while nobody could know
 * what a power cut would leave closes it: then every call throws {@link IllegalStateException} until it is opened again.
 * Safe for use by several threads.
 */
public interface TrustedEnvironment extends AutoCloseable {
    /**
     * The subscription that the USIM answers for.
     *
     * @param operator MCC-MNC
     * @param confirmed whether it has authenticated once since it was installed
     */
    record Subscription(String imsi, String apn, String operator, boolean confirmed) {}

    /** 17 bytes, type 0x01. */
    byte[] ueid();

    /** The preliminary identity, 14 or 15 digits. */
    String pcid();

    /** The APN that the PCID may use. */
    String pcidApn();

    /** Certificate of the transport key, DER; its common name is the UEID in hexadecimal. */
    byte[] transportCertificate();

    /** Signs a 32-byte digest with the transport key, for TLS and DTLS only: r and s, 32 bytes each. */
    byte[] signTransport(byte[] sha256) throws IOException;

    /** DER certificates that servers and operators must come from. */
    List<byte[]> anchors();

    /** Starts since manufacture, this one included. */
    long bootCount();

    /** Writes of the sealed store since manufacture. */
    long storeGeneration();

    /**
     * Takes a measurement: logged, and the register extended, if the component is new or differs from the last time.
     *
     * @param component at most 32 characters
     * @param version at most 32 characters
     * @param sha256 32 bytes
     */
    void measure(String component, String version, byte[] sha256);

    /** Evidence over a challenge of 16 bytes, signed by the platform key. */
    byte[] evidence(byte[] nonce, String hardwareModel) throws IOException;

    /** The nonce of the open registration, 16 bytes; opens one if none is open. */
    byte[] openRegistration() throws IOException;

    /**
     * Binds the open registration to an operator: a MCIM is taken from nobody else.
     *
     * @param operator MCC-MNC
     * @param certificate DER, must come from an anchor and be named {@code sho.MCC-MNC}
     * @throws TrustException if not, or if no registration is open
     */
    void bindOperator(String operator, byte[] certificate) throws TrustException, IOException;

    /** Gives the open registration up; its nonce is used. */
    void closeRegistration() throws IOException;

    /**
     * Installs a MCIM, whole or not at all: checks signature, operator, nonce, device and owner's token, decrypts,
     * stores, makes it active. A repeated call with the envelope that is installed already succeeds. Either way a
     * signed report is owed from now on, unless no registration is open: then there is nobody to report to.
     *
     * @throws TrustException with the code that the report carries
     */
    void install(byte[] envelope) throws TrustException, IOException;

    /** The signed report on the last installation, until it is acknowledged. */
    Optional<byte[]> owedReport();

    /** The report reached the network: the registration that it is about is over. */
    void reportAcknowledged() throws IOException;

    /** The active subscription, if there is one: else the device is pristine and the USIM answers for the PCID. */
    Optional<Subscription> active();

    /** The active subscription has authenticated in its network. */
    void confirmActive() throws IOException;

    /** Takes the next number of a counter that never goes back, for telemetry. */
    long nextSequence() throws IOException;

    /** The USIM: the active subscription, or the PCID when pristine. */
    SmartCard usim();

    @Override
    void close();
}
