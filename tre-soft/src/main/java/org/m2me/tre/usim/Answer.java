// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.tre.usim;

import java.util.Arrays;

/**
 * What a command comes to. Its data may be RES and keys, so it is wiped once it is on its way.
 *
 * @param later whether the data wait for GET RESPONSE, as T=0 has it for commands that bring data themselves
 */
@SuppressWarnings("ArrayRecordComponent") // wiped after use, and compared by nobody
record Answer(byte[] data, int status, boolean later) {
    static Answer status(int status) {
        return new Answer(new byte[0], status, false);
    }

    /** Data at once. */
    static Answer now(byte[] data) {
        return new Answer(data, StatusWord.OK, false);
    }

    /** Data to be fetched. */
    static Answer later(byte[] data) {
        return new Answer(data, StatusWord.OK, true);
    }

    /** This much of the data if the reader wants so much, or else the length it should want. */
    static Answer exactly(byte[] data, int wanted) {
        return wanted == data.length ? now(data) : rightLength(data.length);
    }

    /** Nothing, but the length that the reader should want. */
    static Answer rightLength(int length) {
        return status(StatusWord.RIGHT_LENGTH | (length & 0xFF));
    }

    /** Data, and how much more GET RESPONSE may fetch. */
    static Answer waiting(byte[] data, int length) {
        return new Answer(data, StatusWord.RESPONSE_WAITS | (length & 0xFF), false);
    }

    /** Data and status word, as they go to the reader. */
    byte[] encode() {
        byte[] encoded = Arrays.copyOf(data, data.length + 2);
        encoded[data.length] = (byte) (status >> 8);
        encoded[data.length + 1] = (byte) status;
        return encoded;
    }

    void wipe() {
        Arrays.fill(data, (byte) 0);
    }

    @Override
    public String toString() {
        return String.format("Answer[%d bytes, %04X]", data.length, status);
    }
}
