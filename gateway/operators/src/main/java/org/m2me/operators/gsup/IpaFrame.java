// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.gsup;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.m2me.protocol.radio.MalformedException;

/**
 * A frame of the ip.access protocol as Osmocom speaks it: length of two octets, protocol, content.
 *
 * @param content without the octet that tells GSUP from other extensions
 */
@SuppressWarnings("ArrayRecordComponent") // read or written once, then wiped
public record IpaFrame(Kind kind, byte[] content) {
    /** What is carried. */
    public enum Kind {
        /** About the connection itself. */
        CCM,
        GSUP
    }

    private static final int HEADER = 3;
    private static final int PROTOCOL_CCM = 0xfe;
    private static final int PROTOCOL_OSMO = 0xee;
    private static final int EXTENSION_GSUP = 0x05;

    /** What is counted by the length: the longest message and its extension. */
    private static final int LENGTH_MAX = GsupMessage.LENGTH_MAX + 1;

    /** The octets on the wire. */
    public byte[] encode() {
        int extension = kind == Kind.GSUP ? 1 : 0;
        int length = extension + content.length;
        if (length > LENGTH_MAX) {
            throw new IllegalArgumentException("IPA: " + length + " octets, at most " + LENGTH_MAX);
        }
        ByteBuffer out = ByteBuffer.allocate(HEADER + length);
        out.putShort((short) length);
        if (kind == Kind.GSUP) {
            out.put((byte) PROTOCOL_OSMO).put((byte) EXTENSION_GSUP);
        } else {
            out.put((byte) PROTOCOL_CCM);
        }
        return out.put(content).array();
    }

    /**
     * The next frame.
     *
     * @throws EOFException when the other side closed the stream
     * @throws MalformedException when it is too long or carries what is not spoken here
     */
    public static IpaFrame read(InputStream in) throws IOException {
        return read(octet(in), in);
    }

    /** The same, of which the first octet was read already. */
    static IpaFrame read(int first, InputStream in) throws IOException {
        int length = first << 8 | octet(in);
        int protocol = octet(in);
        if (length == 0 || length > LENGTH_MAX) {
            throw new MalformedException("IPA: length " + length + " is outside of 1 to " + LENGTH_MAX);
        }
        byte[] content = new byte[length];
        if (in.readNBytes(content, 0, length) < length) {
            throw new EOFException("IPA: a frame is cut off");
        }
        if (protocol == PROTOCOL_CCM) {
            return new IpaFrame(Kind.CCM, content);
        }
        if (protocol == PROTOCOL_OSMO && content[0] == EXTENSION_GSUP) {
            byte[] message = Arrays.copyOfRange(content, 1, length);
            Arrays.fill(content, (byte) 0);
            return new IpaFrame(Kind.GSUP, message);
        }
        throw new MalformedException("IPA: protocol " + Integer.toHexString(protocol) + " is not spoken here");
    }

    private static int octet(InputStream in) throws IOException {
        int octet = in.read();
        if (octet < 0) {
            throw new EOFException("IPA: the stream has ended");
        }
        return octet;
    }

    /** To be called when nobody needs the content any more: there may be vectors in it. */
    void wipe() {
        Arrays.fill(content, (byte) 0);
    }

    @Override
    public String toString() {
        return kind + "[" + content.length + "]";
    }
}
