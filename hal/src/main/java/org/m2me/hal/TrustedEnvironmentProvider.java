// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;

/** Makes and opens trusted environments of one kind; found by {@link java.util.ServiceLoader}. */
public interface TrustedEnvironmentProvider {
    /** What the board's file calls it: {@code soft}. */
    String name();

    /** What the supplier certifies: SubjectPublicKeyInfo of three keys made inside, and a nonce for the PCID. */
    @SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
    record Blank(byte[] ueid, byte[] platformKey, byte[] transportKey, byte[] agreementKey, byte[] pcidNonce) {}

    /**
     * What the supplier puts in.
     *
     * @param platformCertificate PfC, DER
     * @param transportCertificate DER
     * @param anchors DER, operators and gateways come from them
     * @param supplierCertificate DER, its key signed the PCID's envelope
     * @param pcidEnvelope the PCID with its K and OPc, sealed like a MCIM to the agreement key
     * @param ownerSecret 16 bytes that come with the device to its owner: orders are proven by them, and the tokens of
     *     TR 33.812 5.2.5.6.3.2 derived from them
     */
    @SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
    record Personalisation(
            byte[] platformCertificate,
            byte[] transportCertificate,
            List<byte[]> anchors,
            byte[] supplierCertificate,
            byte[] pcidEnvelope,
            byte[] ownerSecret) {}

    /** First step of manufacture: makes keys in an empty directory. Fails if it is not empty. */
    Blank make(Path directory, SecureRandom random) throws IOException;

    /** Second and last step of manufacture. Refuses what does not fit the keys made. */
    void personalise(Path directory, Personalisation personalisation, SecureRandom random)
            throws IOException, TrustException;

    /**
     * Opens what was made, and counts a boot.
     *
     * @throws TrustException if the store was not made, or is torn and forged in both copies: it stays closed then
     */
    TrustedEnvironment open(Path directory, SecureRandom random) throws IOException, TrustException;

    /**
     * Whether another process has it open. It ends when that process does, however it ends; where nothing was made nobody
     * has.
     *
     * @throws IOException if this cannot be seen, as when the directory is another user's
     */
    boolean isOpen(Path directory) throws IOException;
}
