// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.gsup;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.m2me.protocol.radio.MalformedException;

/**
 * About an IPA connection itself: is the other side there, and who is it.
 *
 * @param names of an {@link Type#IDENTITY_RESPONSE}, by their tags
 */
public record Ccm(Type type, Map<Integer, String> names) {
    /** What is said. */
    public enum Type {
        PING(0x00),
        PONG(0x01),
        IDENTITY_REQUEST(0x04),
        IDENTITY_RESPONSE(0x05),
        IDENTITY_ACCEPTED(0x06),
        IDENTITY_REFUSED(0x07);

        private final int number;

        Type(int number) {
            this.number = number;
        }

        private static Optional<Type> of(int number) {
            return Arrays.stream(values()).filter(type -> type.number == number).findFirst();
        }
    }

    /** The name by which a client is known. */
    public static final int SERIAL_NUMBER = 0;

    /** What Osmocom's clients give besides. */
    static final int UNIT_NAME = 1;

    private static final int UNIT_ID = 8;
    private static final String NO_UNIT = "0/0/0"; // of a base station; osmo-hlr hangs up on who has none

    /** All that can be asked for, in the order in which osmo-hlr asks. */
    private static final int[] ASKED = {8, 7, 2, 3, 4, 5, 1, SERIAL_NUMBER};

    /** More than there are tags. */
    private static final int NAMES_MAX = 16;

    public Ccm {
        names = Collections.unmodifiableMap(new LinkedHashMap<>(names));
    }

    /** Who a client is. */
    static Ccm identity(String name) {
        Map<Integer, String> names = new LinkedHashMap<>();
        names.put(UNIT_ID, NO_UNIT);
        names.put(UNIT_NAME, name);
        names.put(SERIAL_NUMBER, name);
        return new Ccm(Type.IDENTITY_RESPONSE, names);
    }

    static Ccm of(Type type) {
        return new Ccm(type, Map.of());
    }

    /** Octets of the content. */
    public byte[] encode() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(type.number);
        if (type == Type.IDENTITY_REQUEST) {
            for (int tag : ASKED) {
                out.write(1);
                out.write(tag);
            }
        }
        names.forEach((tag, name) -> {
            byte[] text = name.getBytes(StandardCharsets.ISO_8859_1);
            int length = text.length + 2; // with tag and NUL
            out.write(length >> 8);
            out.write(length);
            out.write(tag);
            out.writeBytes(text);
            out.write(0);
        });
        return out.toByteArray();
    }

    /** Reads one. */
    public static Ccm decode(byte[] content) throws MalformedException {
        if (content.length == 0) {
            throw new MalformedException("CCM: is empty");
        }
        ByteBuffer in = ByteBuffer.wrap(content);
        int number = in.get() & 0xff;
        Type type = Type.of(number).orElseThrow(() -> new MalformedException("CCM: type " + number + " is not known"));
        return type == Type.IDENTITY_RESPONSE ? new Ccm(type, names(in)) : of(type);
    }

    private static Map<Integer, String> names(ByteBuffer in) throws MalformedException {
        Map<Integer, String> names = new LinkedHashMap<>();
        while (in.hasRemaining()) {
            int length = in.remaining() < 2 ? 0 : in.getShort() & 0xffff;
            if (length == 0 || length > in.remaining() || names.size() == NAMES_MAX) {
                throw new MalformedException("CCM: name " + names.size() + " of the identity is cut off or too many");
            }
            int tag = in.get() & 0xff;
            byte[] text = new byte[length - 1];
            in.get(text);
            int end = text.length > 0 && text[text.length - 1] == 0 ? text.length - 1 : text.length;
            if (names.put(tag, new String(text, 0, end, StandardCharsets.ISO_8859_1)) != null) {
                throw new MalformedException("CCM: name " + tag + " comes twice");
            }
        }
        return names;
    }
}
