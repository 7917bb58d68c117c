// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal;

import java.io.IOException;
import java.time.Instant;
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

    /** How far a change that the owner ordered has come. */
    enum Stage {
        /** Taken: until the next stage it can be given up, and nothing has happened. */
        ORDERED,
        /** The new MCIM is here, checked and sealed, beside the one in use. */
        STAGED,
        /** The old subscription is gone: from here on there is only forward. */
        DISCARDED
    }

    /**
     * What the owner ordered and is not done.
     *
     * @param id of the order, in hexadecimal
     * @param procedure {@code CHANGE}, {@code PRISTINE}, {@code ADD} or {@code SWITCH}
     * @param operator MCC-MNC of the one it is about
     */
    record Change(String id, String procedure, String operator, Stage stage) {}

    /**
     * What an old operator has to be told.
     *
     * @param release signed
     * @param change registration of the change whose new operator waits for the acknowledgement, 16 bytes; empty if none
     */
    @SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
    record OwedRelease(byte[] release, Optional<byte[]> change) {}

    /**
     * With whom the owner has the device work.
     *
     * @param claims as the owner signed them
     * @param operator MCC-MNC of the subscription that was active when they came; empty if none was
     */
    @SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
    record Activated(byte[] claims, Optional<String> operator) {}

    /** 17 bytes, type 0x01. */
    byte[] ueid();

    /** The preliminary identity, 14 or 15 digits. */
    String pcid();

    /** The APN that the PCID may use. */
    String pcidApn();

    /** End of the PCID's lifetime, as its supplier said; empty if it said nothing. */
    Optional<Instant> pcidExpires();

    /**
     * Puts another PCID in the place of the one on board, in one step: until then the old one is usable, afterwards the new
     * one. It has to answer the open registration, be signed by a supplier, and carry the token that only the owner and
     * this device's own supplier can make. A repeated call with the envelope that is installed already succeeds. Either
     * way a signed report is owed from now on, unless no registration is open, or the PCID is needed as it is.
     *
     * @param certificate of the supplier, DER, must come from an anchor and be named {@code supplier.NAME}
     * @throws TrustException with the code that the report carries; BUSY, and no report, while a change is under way or no
     *     subscription is in use
     */
    void renewPcid(byte[] certificate, byte[] envelope) throws TrustException, IOException;

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
     * signed report is owed from now on, unless no registration is open: then there is nobody to report to. A
     * subscription that is in use is never replaced by this: that takes an order of the owner. Ends a change by way of the
     * pristine state.
     *
     * @throws TrustException with the code that the report carries
     */
    void install(byte[] envelope) throws TrustException, IOException;

    /** The signed report on the last installation, until it is acknowledged. */
    Optional<byte[]> owedReport();

    /** The report reached the network: the registration that it is about is over. */
    void reportAcknowledged() throws IOException;

    /**
     * Takes an order of the device's owner, and opens a registration for it that binds to the ordered operator only. While
     * a change is under way that can still be given up, a newer order replaces it; so it does in the pristine state, where
     * nothing more can be lost. A repeated order is the same change again.
     *
     * @throws TrustException NOT_AUTHORIZED if it is not by the owner; NONCE_USED if its number has served; NOT_FOUND
     *     if nothing on board is of the operator to switch to; QUOTA if there is no room for one more; BUSY if a change is
     *     past giving up
     */
    Change order(byte[] order) throws TrustException, IOException;

    /**
     * Takes what the device's owner has entered with its activation service (TR 33.812 5.2.5.3.5.2), in place of what it
     * had entered before; a change of operator does not touch it. Repeated: no second effect.
     *
     * @throws TrustException NOT_AUTHORIZED if it is not by the owner and for this device; NONCE_USED if a newer one is
     *     here
     */
    void activate(byte[] activation) throws TrustException, IOException;

    /** What {@link #activate} took last, a withdrawal too. */
    Optional<Activated> activation();

    /** The change under way, if one is. */
    Optional<Change> change();

    /**
     * Gives a change up that has discarded nothing; the open registration ends with it, and the owner is owed an answer.
     *
     * @param code why, as the owner is told
     */
    void abandonChange(int code) throws IOException;

    /**
     * What the owner has to be told of an order, encoded, until it is acknowledged: first that it was taken, then how it
     * ended.
     */
    Optional<byte[]> owedAnswer();

    /** This answer reached the owner; one that came in its place stays owed. */
    void answerAcknowledged(byte[] answer) throws IOException;

    /**
     * Checks a MCIM for the change under way in every respect, and keeps it sealed beside what is in use. What refuses it
     * is all here; a report is owed if it is refused.
     *
     * @throws TrustException with the code that the report carries
     */
    void stage(byte[] envelope) throws TrustException, IOException;

    /**
     * The point of no return: of {@code CHANGE} with a staged MCIM, or {@code PRISTINE} as it was ordered. The active
     * subscription's key is gone, and a release is owed to its operator. Repeated: no second effect.
     */
    void discard() throws IOException;

    /**
     * Ends a change: {@code CHANGE} and {@code ADD} with the staged MCIM, active or beside the active one; {@code SWITCH}
     * with the other one active. A report is owed. Repeated: no second effect.
     */
    void completeChange() throws IOException;

    /** What is owed to old operators, oldest first, until each has it. */
    List<OwedRelease> owedReleases();

    /** This release's operator has acknowledged, or never will. */
    void releaseAcknowledged(byte[] release) throws IOException;

    /**
     * The active subscription does not work: back to another one that is on board, else to the PCID; from there, if that
     * does not work either, to the PCID. A report is owed that says so, and in place of an answer that the owner has not
     * had yet another one that says so too. One that has authenticated once stays on board.
     *
     * @return what is active now; empty when it is the PCID
     */
    Optional<Subscription> fallBack() throws IOException;

    /**
     * Has the USIM answer for the PCID although there is a subscription, or again for that: to ask for orders where the
     * operator cannot be reached. Lasts until the next start.
     */
    void lookWithPcid(boolean pcid);

    /** What tells this state of the measured components from another: 16 bytes. */
    byte[] firmware();

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
