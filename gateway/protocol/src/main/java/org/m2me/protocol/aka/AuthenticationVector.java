// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.aka;

import java.util.HexFormat;
import org.m2me.protocol.crypto.SecretBytes;

/**
 * A UMTS quintet (TS 33.102 6.3.2).
 *
 * @param rand 16 bytes
 * @param autn 16 bytes: SQN xor AK, AMF, MAC-A
 * @param xres 4 to 16 bytes
 * @param ck 16 bytes
 * @param ik 16 bytes
 */
@SuppressWarnings("ArrayRecordComponent") // RAND and AUTN go straight into messages
public record AuthenticationVector(byte[] rand, byte[] autn, SecretBytes xres, SecretBytes ck, SecretBytes ik)
        implements AutoCloseable {
    @Override
    public void close() {
        xres.close();
        ck.close();
        ik.close();
    }

    @Override
    public String toString() {
        return "AuthenticationVector[" + HexFormat.of().formatHex(rand, 0, 4) + "…]";
    }
}
