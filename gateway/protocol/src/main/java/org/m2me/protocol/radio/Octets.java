// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.radio;

import java.util.LinkedHashMap;
import java.util.Map;

/** Reads a message of TS 24.008 octet by octet; every fault names the message, the element and the offset. */
final class Octets {
    private final String message;
    private final byte[] content;
    private int at;

    Octets(String message, byte[] content, int from) {
        this.message = message;
        this.content = content;
        this.at = from;
    }

    int octet(String element) throws MalformedException {
        return take(1, element)[0] & 0xff;
    }

    int sixteen(String element) throws MalformedException {
        return octet(element) << 8 | octet(element);
    }

    long thirtyTwo(String element) throws MalformedException {
        return (long) sixteen(element) << 16 | sixteen(element);
    }

    byte[] take(int count, String element) throws MalformedException {
        if (count > content.length - at) {
            throw fault(element, "wants " + count + " octets, " + (content.length - at) + " are left");
        }
        byte[] taken = new byte[count];
        System.arraycopy(content, at, taken, 0, count);
        at += count;
        return taken;
    }

    /** Length and value (TS 24.007 11.2.1.1.4), the length within these bounds. */
    byte[] lengthAndValue(String element, int min, int max) throws MalformedException {
        int length = octet(element);
        if (length < min || length > max) {
            throw fault(element, "length " + length + " is outside of " + min + " to " + max);
        }
        return take(length, element);
    }

    boolean hasMore() {
        return at < content.length;
    }

    /** Nothing may follow. */
    void end() throws MalformedException {
        if (hasMore()) {
            throw fault("end", (content.length - at) + " octets too many");
        }
    }

    /**
     * The optional elements up to the end, by identifier (TS 24.007 11.2.4): one octet if its high bit is set, a value
     * of fixed length if listed, otherwise with a length. Those that nobody asks for are thereby skipped.
     *
     * @param fixed identifier to length of value
     */
    Map<Integer, byte[]> options(Map<Integer, Integer> fixed) throws MalformedException {
        Map<Integer, byte[]> found = new LinkedHashMap<>();
        while (hasMore()) {
            int identifier = octet("element identifier");
            String element = "element " + Integer.toHexString(identifier);
            byte[] value;
            if ((identifier & 0x80) != 0) {
                value = new byte[] {(byte) (identifier & 0x0f)};
                identifier &= 0xf0;
            } else {
                Integer length = fixed.get(identifier);
                value = length == null ? lengthAndValue(element, 0, 255) : take(length, element);
            }
            if (found.put(identifier, value) != null) {
                throw fault(element, "comes twice");
            }
        }
        return found;
    }

    MalformedException fault(String element, String fault) {
        return new MalformedException(message + ": " + element + " at octet " + at + ": " + fault);
    }
}
