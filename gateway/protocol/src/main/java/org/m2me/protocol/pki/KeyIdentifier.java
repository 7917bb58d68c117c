// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.pki;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.m2me.protocol.crypto.P256PublicKey;

/** The name by which certificates, OCSP and CMS refer to a key: SHA-1 of the point, 20 bytes (RFC 5280 4.2.1.2). */
public final class KeyIdentifier {
    private KeyIdentifier() {}

    /** A name only: nothing rests on SHA-1, since who is named still has to sign or to decrypt. */
    public static byte[] of(P256PublicKey key) {
        try {
            return MessageDigest.getInstance("SHA-1").digest(key.uncompressed());
        } catch (NoSuchAlgorithmException absent) {
            throw new IllegalStateException("every Java platform has SHA-1", absent);
        }
    }
}
