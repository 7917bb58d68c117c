// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.gsup;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.m2me.protocol.aka.AuthenticationVector;
import org.m2me.protocol.identity.Imsi;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.radio.GmmCause;
import org.m2me.protocol.radio.MalformedException;

/**
 * A message of the Generic Subscriber Update Protocol: type, IMSI, other elements in their order. Closing it closes the
 * vectors in it.
 */
public record GsupMessage(GsupType type, Imsi imsi, List<GsupElement> elements) implements AutoCloseable {
    /** Longest message: five vectors and some names make 800; there is room for what later versions add. */
    public static final int LENGTH_MAX = 2048;

    /** Elements of one message; none that is known has more than twenty. */
    private static final int ELEMENTS_MAX = 64;

    private static final int FILLER = 0xf;

    public GsupMessage {
        elements = List.copyOf(elements);
    }

    /** One with these elements. */
    public static GsupMessage of(GsupType type, Imsi imsi, GsupElement... elements) {
        return new GsupMessage(type, imsi, List.of(elements));
    }

    /** Says no to a request. */
    static GsupMessage error(GsupType request, Imsi imsi, GmmCause cause) {
        return of(request.error(), imsi, plain(GsupTag.CAUSE, cause.number()));
    }

    /** The same to a request that could not be read; its type may be unknown. */
    static byte[] refusal(Head unread) {
        GmmCause cause = GsupType.of(unread.type()).isPresent()
                ? GmmCause.INVALID_MANDATORY_INFORMATION
                : GmmCause.MESSAGE_TYPE_NOT_IMPLEMENTED;
        byte[] octets =
                error(GsupType.SEND_AUTH_INFO_REQUEST, unread.imsi(), cause).encode();
        octets[0] = (byte) (unread.type() | GsupType.ERROR);
        return octets;
    }

    static GsupElement plain(GsupTag tag, int... octets) {
        byte[] content = new byte[octets.length];
        for (int i = 0; i < octets.length; i++) {
            content[i] = (byte) octets[i];
        }
        return new GsupElement.Plain(tag.number(), Opaque.of(content));
    }

    static GsupElement plain(GsupTag tag, Opaque content) {
        return new GsupElement.Plain(tag.number(), content);
    }

    /** The same with one element more. */
    GsupMessage with(GsupElement more) {
        List<GsupElement> all = new ArrayList<>(elements);
        all.add(more);
        return new GsupMessage(type, imsi, all);
    }

    /** What the beginning of a message tells. @param type a number that may not be known */
    record Head(int type, Imsi imsi) {}

    /** The content of an element, if there is one. */
    public Optional<Opaque> find(GsupTag tag) {
        return all(tag).stream().findFirst();
    }

    /** The one octet of an element, if there is one. */
    Optional<Integer> octet(GsupTag tag) {
        return find(tag).map(content -> content.bytes()[0] & 0xff);
    }

    /** The contents of all elements of a tag. */
    List<Opaque> all(GsupTag tag) {
        List<Opaque> found = new ArrayList<>();
        for (GsupElement element : elements) {
            if (element instanceof GsupElement.Plain plain && plain.tag() == tag.number()) {
                found.add(plain.content());
            }
        }
        return found;
    }

    /** The vectors; whoever takes them closes them. */
    List<AuthenticationVector> vectors() {
        List<AuthenticationVector> found = new ArrayList<>();
        for (GsupElement element : elements) {
            if (element instanceof GsupElement.Tuple tuple) {
                found.add(tuple.vector());
            }
        }
        return found;
    }

    /** Its octets; the caller wipes them if there are vectors in it. */
    public byte[] encode() {
        byte[] digits = tbcd(imsi);
        int length = 1 + GsupElement.HEADER + digits.length;
        for (GsupElement element : elements) {
            length += GsupElement.HEADER + element.length();
        }
        ByteBuffer out = ByteBuffer.allocate(length);
        out.put((byte) type.number());
        out.put((byte) GsupTag.IMSI.number()).put((byte) digits.length).put(digits);
        elements.forEach(element -> element.write(out));
        return out.array();
    }

    private static byte[] tbcd(Imsi imsi) {
        String digits = imsi.digits();
        byte[] octets = new byte[(digits.length() + 1) / 2];
        for (int i = 0; i < digits.length(); i++) {
            octets[i / 2] |= (byte) (Character.digit(digits.charAt(i), 10) << (i % 2 * 4));
        }
        if (digits.length() % 2 == 1) {
            octets[octets.length - 1] |= (byte) (FILLER << 4);
        }
        return octets;
    }

    /** Reads type and IMSI only: enough to say no to a message whose rest is wrong. Empty if these are wrong too. */
    static Optional<Head> head(byte[] octets) {
        try {
            return octets.length == 0 ? Optional.empty() : Optional.of(head(ByteBuffer.wrap(octets)));
        } catch (MalformedException e) {
            return Optional.empty();
        }
    }

    private static Head head(ByteBuffer in) throws MalformedException {
        int type = in.get() & 0xff;
        if (!in.hasRemaining() || (in.get() & 0xff) != GsupTag.IMSI.number()) {
            throw new MalformedException("GSUP: the first element is not the IMSI");
        }
        byte[] octets = value(in, "IMSI");
        StringBuilder digits = new StringBuilder();
        for (byte octet : octets) {
            digits.append(Character.forDigit(octet & 0xf, 16)).append(Character.forDigit(octet >> 4 & 0xf, 16));
        }
        if (digits.length() > 0 && digits.charAt(digits.length() - 1) == 'f') {
            digits.setLength(digits.length() - 1);
        }
        try {
            return new Head(type, new Imsi(digits.toString()));
        } catch (IllegalArgumentException e) {
            throw new MalformedException("GSUP: " + e.getMessage());
        }
    }

    /** Reads a message. @throws MalformedException that names the element and the fault */
    public static GsupMessage decode(byte[] octets) throws MalformedException {
        if (octets.length == 0 || octets.length > LENGTH_MAX) {
            throw new MalformedException("GSUP: " + octets.length + " octets, wants 1 to " + LENGTH_MAX);
        }
        ByteBuffer in = ByteBuffer.wrap(octets);
        Head head = head(in);
        GsupType type = GsupType.of(head.type())
                .orElseThrow(() -> new MalformedException("GSUP: type " + head.type() + " is not known"));
        List<GsupElement> elements = new ArrayList<>();
        boolean whole = false;
        try {
            readElements(in, elements);
            whole = true;
            return new GsupMessage(type, head.imsi(), elements);
        } finally {
            if (!whole) {
                closeAll(elements);
            }
        }
    }

    private static void readElements(ByteBuffer in, List<GsupElement> into) throws MalformedException {
        Set<GsupTag> seen = EnumSet.of(GsupTag.IMSI);
        while (in.hasRemaining()) {
            int number = in.get() & 0xff;
            Optional<GsupTag> tag = GsupTag.of(number);
            String name = tag.map(GsupTag::name).orElse("element " + Integer.toHexString(number));
            if (into.size() == ELEMENTS_MAX) {
                throw new MalformedException("GSUP: more than " + ELEMENTS_MAX + " elements");
            }
            byte[] content = value(in, name);
            if (tag.isPresent() && !tag.get().takes(content.length)) {
                throw new MalformedException("GSUP: " + name + " of " + content.length + " octets");
            }
            if (tag.isPresent() && !seen.add(tag.get()) && !tag.get().repeats()) {
                throw new MalformedException("GSUP: " + name + " comes twice");
            }
            into.add(element(number, content));
        }
    }

    private static GsupElement element(int number, byte[] content) throws MalformedException {
        if (number != GsupTag.AUTH_TUPLE.number()) {
            return new GsupElement.Plain(number, Opaque.of(content));
        }
        try {
            return new GsupElement.Tuple(VectorTuple.read(ByteBuffer.wrap(content)));
        } finally {
            Arrays.fill(content, (byte) 0);
        }
    }

    /** A length of one octet, and as much. */
    static byte[] value(ByteBuffer in, String name) throws MalformedException {
        int length = in.hasRemaining() ? in.get() & 0xff : -1;
        if (length < 0 || length > in.remaining()) {
            throw new MalformedException("GSUP: " + name + " is cut off");
        }
        byte[] value = new byte[length];
        in.get(value);
        return value;
    }

    private static void closeAll(List<GsupElement> elements) {
        for (GsupElement element : elements) {
            if (element instanceof GsupElement.Tuple tuple) {
                tuple.vector().close();
            }
        }
    }

    @Override
    public void close() {
        closeAll(elements);
    }
}
