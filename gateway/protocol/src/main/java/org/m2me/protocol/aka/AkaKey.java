// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.aka;

import org.m2me.protocol.crypto.SecretBytes;

/**
 * The long-term secret of one subscription.
 *
 * @param k 16 bytes (TUAK: 16 or 32)
 * @param opc OPc of 16 bytes, or TOPc of 32
 */
public record AkaKey(AkaAlgorithm algorithm, SecretBytes k, SecretBytes opc) implements AutoCloseable {
    public AkaKey {
        boolean fits = algorithm == AkaAlgorithm.MILENAGE
                ? k.length() == 16 && opc.length() == 16
                : (k.length() == 16 || k.length() == 32) && opc.length() == 32;
        if (!fits) {
            throw new IllegalArgumentException(
                    algorithm + ": K of " + k.length() + " and OPc of " + opc.length() + " bytes do not go with it");
        }
    }

    /** The functions f1 to f5* under this key. */
    public AkaFunctions functions() {
        throw new UnsupportedOperationException();
    }

    /** Another home for the same secrets. */
    public AkaKey copy() {
        return new AkaKey(algorithm, k.copy(), opc.copy());
    }

    @Override
    public void close() {
        k.close();
        opc.close();
    }
}
