// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.message;

import org.m2me.protocol.crypto.ForgedException;
import org.m2me.protocol.crypto.P256PublicKey;
import org.m2me.protocol.crypto.Signer;
import org.m2me.protocol.identity.Nonce;

/**
 * Step 13, device to DPF, resource {@code p}: what became of the MCIM, in a COSE_Sign1 by the Trusted Environment's
 * platform key.
 *
 * @param registration which it belongs to
 * @param code {@link ResultCode#OK} when installed, else why not
 * @param storeGeneration of the sealed store after the change
 */
public record ProvisioningReport(Nonce registration, ResultCode code, long storeGeneration) {
    public byte[] sign(Signer platformKey) {
        throw new UnsupportedOperationException();
    }

    /** Reads without verifying. @throws ForgedException if this is no report */
    public static ProvisioningReport unverified(byte[] coseSign1) throws ForgedException {
        throw new UnsupportedOperationException();
    }

    /** @throws ForgedException if this is no report signed by this platform key */
    public static ProvisioningReport verify(byte[] coseSign1, P256PublicKey platformKey) throws ForgedException {
        throw new UnsupportedOperationException();
    }
}
