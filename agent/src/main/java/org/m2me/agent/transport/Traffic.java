// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent.transport;

/**
 * What crossed the air so far, IP and UDP headers included.
 *
 * @param handshakes completed
 * @param handshakeBytes both ways, spent on handshakes; part of the sums below
 */
public record Traffic(
        long handshakes, long handshakeBytes, long datagramsUp, long bytesUp, long datagramsDown, long bytesDown) {
    /** Nothing yet. */
    public static final Traffic NONE = new Traffic(0, 0, 0, 0, 0, 0);

    /** What came on top of an earlier state. */
    public Traffic since(Traffic earlier) {
        return new Traffic(
                handshakes - earlier.handshakes,
                handshakeBytes - earlier.handshakeBytes,
                datagramsUp - earlier.datagramsUp,
                bytesUp - earlier.bytesUp,
                datagramsDown - earlier.datagramsDown,
                bytesDown - earlier.bytesDown);
    }

    /** Together with what crossed on another way. */
    public Traffic plus(Traffic other) {
        return new Traffic(
                handshakes + other.handshakes,
                handshakeBytes + other.handshakeBytes,
                datagramsUp + other.datagramsUp,
                bytesUp + other.bytesUp,
                datagramsDown + other.datagramsDown,
                bytesDown + other.bytesDown);
    }

    /** Both ways. */
    public long bytes() {
        return bytesUp + bytesDown;
    }
}
