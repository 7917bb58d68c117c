// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.aka;

import java.util.Arrays;

/** The functions of TS 33.102 6.3 under one key. All byte strings big-endian; results are the caller's to wipe. */
public interface AkaFunctions {
    /**
     * MAC-A, 8 bytes.
     *
     * @param sqn 48 bits
     * @param amf 16 bits
     */
    byte[] f1(byte[] rand, long sqn, int amf);

    /** MAC-S, 8 bytes. */
    byte[] f1star(byte[] rand, long sqn, int amf);

    /** RES, CK, IK and AK. */
    F2345 f2345(byte[] rand);

    /** AK for resynchronisation, 6 bytes. */
    byte[] f5star(byte[] rand);

    /**
     * What f2 to f5 give.
     *
     * @param res 4 to 16 bytes
     * @param ck 16 bytes
     * @param ik 16 bytes
     * @param ak 6 bytes
     */
    @SuppressWarnings("ArrayRecordComponent") // wiped by whoever asked for them, and compared by nobody
    record F2345(byte[] res, byte[] ck, byte[] ik, byte[] ak) {
        /** Overwrites all four. */
        public void wipe() {
            Arrays.fill(res, (byte) 0);
            Arrays.fill(ck, (byte) 0);
            Arrays.fill(ik, (byte) 0);
            Arrays.fill(ak, (byte) 0);
        }

        @Override
        public String toString() {
            return "F2345[res " + res.length + " bytes]";
        }
    }
}
