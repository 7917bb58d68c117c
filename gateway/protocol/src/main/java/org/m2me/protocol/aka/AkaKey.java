// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.aka;

import org.m2me.protocol.crypto.SecretBytes;

/**
 * The long-term secret of one subscription. It takes over both parts: they are closed with it, and when they do not fit.
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
            k.close();
            opc.close();
            throw new IllegalArgumentException(
                    algorithm + ": K of " + k.length() + " and OPc of " + opc.length() + " bytes do not go with it");
        }
    }

    /**
     * The key of a subscription of an operator that has one constant for all of them.
     *
     * @param k is taken over: closed with the result
     * @param op OP of 16 bytes, or TOP of 32; the caller keeps and closes it
     */
    public static AkaKey ofOperatorConstant(AkaAlgorithm algorithm, SecretBytes k, SecretBytes op) {
        return switch (algorithm) {
            case MILENAGE -> new AkaKey(algorithm, k, Milenage.opc(k, op));
            case TUAK -> new AkaKey(algorithm, k, Tuak.topc(k, op, Tuak.Parameters.USUAL.iterations()));
        };
    }

    /** The functions f1 to f5* under this key, for as long as it is open. */
    public AkaFunctions functions() {
        return switch (algorithm) {
            case MILENAGE -> new Milenage(k, opc);
            case TUAK -> new Tuak(k, opc, Tuak.Parameters.USUAL);
        };
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
