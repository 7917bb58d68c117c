// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.radio;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Messages on a byte stream: two octets of length, then the message. Stands in for the layers below TS 24.008. */
public final class Frames {
    /** Longest message, N201-I of TS 44.064 is 1520; nothing spoken here comes near. */
    public static final int LENGTH_MAX = 1520;

    private static final int HEADER = 2;

    private Frames() {}

    /** Octets that a message takes on the stream. */
    public static int sizeOf(byte[] message) {
        return HEADER + message.length;
    }

    /**
     * The next message.
     *
     * @throws EOFException when the other side closed the stream
     * @throws MalformedException when the length is 0 or above {@link #LENGTH_MAX}
     */
    public static byte[] read(InputStream in) throws IOException {
        DataInputStream data = new DataInputStream(in);
        int length = data.readUnsignedShort();
        if (length == 0 || length > LENGTH_MAX) {
            throw new MalformedException("frame: length " + length + " is outside of 1 to " + LENGTH_MAX);
        }
        byte[] message = new byte[length];
        data.readFully(message);
        return message;
    }

    /** Sends one message in one piece. */
    public static void write(OutputStream out, byte[] message) throws IOException {
        if (message.length == 0 || message.length > LENGTH_MAX) {
            throw new IllegalArgumentException("frame: " + message.length + " octets");
        }
        out.write(new Writer().sixteen(message.length).bytes(message).toBytes());
        out.flush();
    }
}
