// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.evidence;

import java.util.List;
import org.m2me.protocol.crypto.ForgedException;
import org.m2me.protocol.crypto.P256PublicKey;
import org.m2me.protocol.crypto.Signer;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Ueid;

/**
 * What a device says of itself: an EAT (RFC 9711) in a COSE_Sign1 signed by its platform key, private profile
 * {@code m2m-ev1}.
 *
 * @param nonce the verifier's challenge, claim 10
 * @param hardwareModel claim 259, at most 32 characters
 * @param bootCount claim 267: starts of the Trusted Environment since manufacture
 * @param storeGeneration private claim -70001: writes of the sealed store since manufacture
 * @param components claim 273, at most 16
 * @param logDigest private claim -70003: SHA-256 over the measurement log, 32 bytes
 * @param agreementKey claim 8 (cnf): the key to which a MCIM is sealed
 */
public record Evidence(
        Ueid ueid,
        Nonce nonce,
        String hardwareModel,
        long bootCount,
        long storeGeneration,
        List<MeasuredComponent> components,
        Opaque logDigest,
        P256PublicKey agreementKey) {
    /** The evidence, signed. */
    public byte[] sign(Signer platformKey) {
        throw new UnsupportedOperationException();
    }

    /** Reads without verifying who signed, to look up the device. @throws ForgedException if this is no evidence */
    public static Evidence unverified(byte[] coseSign1) throws ForgedException {
        throw new UnsupportedOperationException();
    }

    /** @throws ForgedException if this is no evidence signed by this platform key */
    public static Evidence verify(byte[] coseSign1, P256PublicKey platformKey) throws ForgedException {
        throw new UnsupportedOperationException();
    }
}
