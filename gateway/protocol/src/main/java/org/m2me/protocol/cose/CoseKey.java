// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.cose;

import java.util.Arrays;
import java.util.Set;
import org.m2me.protocol.cbor.CborException;
import org.m2me.protocol.cbor.CborMap;
import org.m2me.protocol.crypto.P256PublicKey;

/** COSE_Key of a public key on P-256, its point compressed (RFC 9053 7.1.1): 42 bytes. */
public final class CoseKey {
    private static final long KEY_TYPE = 1;
    private static final long EC2 = 2;
    private static final long CURVE = -1;
    private static final long P256 = 1;
    private static final long X = -2;
    private static final long Y_IS_ODD = -3;

    private static final int COORDINATE_LENGTH = 32;
    private static final byte EVEN = 2; // SEC 1 2.3.3
    private static final byte ODD = 3;

    private CoseKey() {}

    public static CborMap encode(P256PublicKey key) {
        byte[] point = key.compressed();
        return CborMap.builder()
                .put(KEY_TYPE, EC2)
                .put(CURVE, P256)
                .put(X, Arrays.copyOfRange(point, 1, point.length))
                .put(Y_IS_ODD, point[0] == ODD)
                .build();
    }

    /** @throws CborException if this is another kind of key, or no point of the curve */
    public static P256PublicKey decode(CborMap key) throws CborException {
        key.checkOnly(Set.of(KEY_TYPE, CURVE, X, Y_IS_ODD));
        long type = key.integer(KEY_TYPE, EC2, EC2);
        long curve = key.integer(CURVE, P256, P256);
        byte[] point = new byte[COORDINATE_LENGTH + 1];
        point[0] = key.bool(Y_IS_ODD) ? ODD : EVEN;
        System.arraycopy(key.bytes(X, COORDINATE_LENGTH, COORDINATE_LENGTH), 0, point, 1, COORDINATE_LENGTH);
        try {
            return P256PublicKey.ofPoint(point);
        } catch (IllegalArgumentException offCurve) {
            throw new CborException("key of type " + type + " on curve " + curve + ": no such point");
        }
    }
}
