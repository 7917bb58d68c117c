// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.envelope;

import java.security.SecureRandom;
import org.m2me.protocol.crypto.ForgedException;
import org.m2me.protocol.crypto.KeyAgreement;
import org.m2me.protocol.crypto.P256PublicKey;
import org.m2me.protocol.crypto.Signer;

/** CMS SignedData around AuthEnvelopedData: ECDH P-256, AES-128 key wrap, AES-128-GCM (RFC 5652, RFC 5083, RFC 5753). */
public final class CmsMcimEnvelope implements McimEnvelope {
    /** @param random for the ephemeral key, the content key and its nonce */
    public CmsMcimEnvelope(SecureRandom random) {}

    @Override
    public byte[] seal(Mcim mcim, P256PublicKey device, Signer operator) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void verify(byte[] envelope, P256PublicKey operator) throws ForgedException {
        throw new UnsupportedOperationException();
    }

    @Override
    public Mcim open(byte[] envelope, P256PublicKey operator, KeyAgreement device) throws ForgedException {
        throw new UnsupportedOperationException();
    }
}
