// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.aka;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.identity.Opaque;

/**
 * The long-term secret of one subscription. It takes over both parts: they are closed with it, and when they do not fit.
 *
 * @param k 16 bytes (TUAK: 16 or 32)
 * @param opc OPc of 16 bytes, or TOPc of 32
 */
public record AkaKey(AkaAlgorithm algorithm, SecretBytes k, SecretBytes opc, AkaConstants constants)
        implements AutoCloseable {
    /** Bytes of the longest, in one. */
    public static final int JOINED_MAX = 2 + 32 + 32 + AkaConstants.LENGTH_MAX;

    private static final int HEADER = 2; // algorithm, length of K

    public AkaKey {
        boolean longK = algorithm == AkaAlgorithm.TUAK && k.length() == 32;
        boolean done = false;
        try {
            if (!(k.length() == 16 || longK) || opc.length() != algorithm.opcLength()) {
                throw new IllegalArgumentException(algorithm + ": K of " + k.length() + " and OPc of " + opc.length()
                        + " bytes do not go with it");
            }
            constants = constants.checked(algorithm);
            done = true;
        } finally {
            if (!done) {
                k.close();
                opc.close();
            }
        }
    }

    /** With the constants of the standard. */
    public AkaKey(AkaAlgorithm algorithm, SecretBytes k, SecretBytes opc) {
        this(algorithm, k, opc, AkaConstants.STANDARD);
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
            case XOR -> new AkaKey(algorithm, k, op.copy());
        };
    }

    /** The functions f1 to f5* under this key, for as long as it is open. */
    public AkaFunctions functions() {
        return switch (algorithm) {
            case MILENAGE -> new Milenage(k, opc, constants);
            case TUAK -> new Tuak(k, opc, constants.tuak());
            case XOR -> new TestXor(k, constants.xorRes());
        };
    }

    /** Another home for the same secrets. */
    public AkaKey copy() {
        return new AkaKey(algorithm, k.copy(), opc.copy(), constants);
    }

    /** All of it as one, to be sealed; the caller closes it. */
    public SecretBytes join() {
        byte[] more = constants.bytes().bytes();
        return k.use(key -> opc.use(constant ->
                SecretBytes.takeFrom(ByteBuffer.allocate(HEADER + key.length + constant.length + more.length)
                        .put((byte) algorithm.number())
                        .put((byte) key.length)
                        .put(key)
                        .put(constant)
                        .put(more)
                        .array())));
    }

    /** What {@link #join} joined; the caller wipes the array. @throws IllegalArgumentException if it is nothing of the kind */
    public static AkaKey split(byte[] joined) {
        AkaAlgorithm algorithm = AkaAlgorithm.of(joined[0]);
        int opc = HEADER + joined[1];
        int more = opc + algorithm.opcLength();
        if (joined[1] < 0 || more > joined.length) {
            throw new IllegalArgumentException("key: " + joined.length + " bytes are not those of one");
        }
        return new AkaKey(
                algorithm,
                SecretBytes.takeFrom(Arrays.copyOfRange(joined, HEADER, opc)),
                SecretBytes.takeFrom(Arrays.copyOfRange(joined, opc, more)),
                new AkaConstants(Opaque.of(Arrays.copyOfRange(joined, more, joined.length))));
    }

    @Override
    public void close() {
        k.close();
        opc.close();
    }
}
