// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.crypto;

/** Agrees on a secret by ECDH on P-256 without showing its key. */
public interface KeyAgreement {
    /** The key that the peer uses. */
    P256PublicKey publicKey();

    /** The x coordinate of the shared point, 32 bytes. */
    SecretBytes agree(P256PublicKey peer);
}
