// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.ivf.alone;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.m2me.protocol.crypto.P256PublicKey;

/** The verifiers whose tokens are taken, by the names that the configuration gives them. */
final class Issuers {
    /** Each may have to be tried; a signature takes 0.1 ms to verify. */
    static final int COUNT_MAX = 16;

    private final Map<String, P256PublicKey> keys;

    /** @throws IllegalArgumentException if there is none, or too many */
    Issuers(Map<String, P256PublicKey> keys) {
        this.keys = new TreeMap<>(keys);
        if (keys.isEmpty() || keys.size() > COUNT_MAX) {
            throw new IllegalArgumentException("issuers: " + keys.size() + ", wants 1 to " + COUNT_MAX);
        }
    }

    /** Who signed. A token may name its key; the signature says it for certain. */
    String signer(Predicate<P256PublicKey> signed) throws Fault {
        for (Map.Entry<String, P256PublicKey> issuer : keys.entrySet()) {
            if (signed.test(issuer.getValue())) {
                return issuer.getKey();
            }
        }
        throw new Fault(
                Fault.Kind.FORBIDDEN,
                "signature",
                "is by none of the issuers " + keys.keySet(),
                "send the token unchanged, or enter its issuer's key in the configuration");
    }
}
