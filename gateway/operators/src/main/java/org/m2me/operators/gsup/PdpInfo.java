// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.gsup;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.radio.Apn;
import org.m2me.protocol.radio.MalformedException;

/**
 * The content of a PDP_INFO: an access point of a subscription, for IPv4.
 *
 * @param context its number within the subscription, from 1
 * @param apn or {@link #ANY}
 */
record PdpInfo(int context, String apn) {
    /** The wildcard of TS 23.060 A.2: whatever access point the visited network agrees to. */
    static final String ANY = "*";

    private static final int CONTEXT = 0x10;
    private static final int ADDRESS = 0x11;
    private static final int NAME = 0x12;

    private static final byte[] IPV4 = {(byte) 0xf1, 0x21}; // IETF, IPv4 (TS 24.008 10.5.6.4)
    private static final byte[] ANY_ENCODED = {1, '*'};
    private static final int LENGTH_MAX = 255;

    GsupElement element() {
        byte[] name = apn.equals(ANY) ? ANY_ENCODED : Apn.of(apn).encode();
        ByteBuffer out = ByteBuffer.allocate(LENGTH_MAX);
        out.put((byte) CONTEXT).put((byte) 1).put((byte) context);
        out.put((byte) ADDRESS).put((byte) IPV4.length).put(IPV4);
        out.put((byte) NAME).put((byte) name.length).put(name);
        return GsupMessage.plain(GsupTag.PDP_INFO, Opaque.of(Arrays.copyOf(out.array(), out.position())));
    }

    static PdpInfo read(Opaque content) throws MalformedException {
        ByteBuffer in = ByteBuffer.wrap(content.bytes());
        int context = 0;
        String apn = "";
        while (in.hasRemaining()) {
            int tag = in.get() & 0xff;
            byte[] value = GsupMessage.value(in, "PDP_INFO, element " + Integer.toHexString(tag));
            if (tag == CONTEXT && value.length == 1) {
                context = value[0] & 0xff;
            } else if (tag == NAME) {
                apn = name(value);
            }
        }
        if (apn.isEmpty()) {
            throw new MalformedException("GSUP: PDP_INFO names no access point");
        }
        return new PdpInfo(context, apn);
    }

    private static String name(byte[] value) throws MalformedException {
        return Arrays.equals(value, ANY_ENCODED) ? ANY : Apn.decode(value).name();
    }
}
