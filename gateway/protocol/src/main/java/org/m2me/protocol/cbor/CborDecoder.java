// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.cbor;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads items in their one deterministic form, and nothing else: whatever it accepts encodes to the same bytes again. A
 * length is believed only as far as there are bytes left, before anything is allocated for it.
 */
final class CborDecoder {
    /** Containers and tags around an item: COSE around EAR or CoRIM needs 9; so little fits any thread's stack. */
    static final int DEPTH_MAX = 16;

    // Major types and simple values of RFC 8949 section 3.
    static final int UNSIGNED = 0;
    static final int NEGATIVE = 1;
    static final int BYTES = 2;
    static final int TEXT = 3;
    static final int ARRAY = 4;
    static final int MAP = 5;
    static final int TAG = 6;
    static final int SIMPLE = 7;
    static final int FALSE = 20;
    static final int TRUE = 21;

    private final byte[] in;
    private int offset;

    CborDecoder(byte[] in) {
        this.in = in;
    }

    /** One item and nothing after it. */
    CborValue whole() throws CborException {
        CborValue value = item(0);
        if (offset != in.length) {
            throw fault(offset, (in.length - offset) + " bytes too many");
        }
        return value;
    }

    private CborValue item(int depth) throws CborException {
        int start = offset;
        int initial = octet();
        int majorType = initial >> 5;
        if (majorType == SIMPLE) {
            return simple(start, initial & 0x1f);
        }
        if (majorType >= ARRAY && depth == DEPTH_MAX) {
            throw fault(start, "nested deeper than " + DEPTH_MAX);
        }
        long argument = argument(start, initial & 0x1f);
        return switch (majorType) {
            case UNSIGNED -> CborValue.of(argument);
            case NEGATIVE -> CborValue.of(~argument);
            case BYTES -> CborValue.owning(take(start, argument));
            case TEXT -> CborValue.owning(text(start, argument));
            case ARRAY -> array(start, argument, depth + 1);
            case MAP -> CborValue.of(map(start, argument, depth + 1));
            default -> CborValue.tagged(argument, item(depth + 1));
        };
    }

    private CborValue simple(int start, int value) throws CborException {
        return switch (value) {
            case FALSE -> CborValue.of(false);
            case TRUE -> CborValue.of(true);
            default -> throw fault(start, "floats, null and other simple values are not accepted");
        };
    }

    /** The number in the head of an item, in its shortest form. */
    private long argument(int start, int additional) throws CborException {
        if (additional < 24) {
            return additional;
        }
        if (additional > 27) {
            throw fault(start, additional == 31 ? "indefinite length" : "reserved head");
        }
        long value = 0;
        for (int i = 1 << (additional - 24); i > 0; i--) {
            value = value << 8 | octet();
        }
        if (value < 0) {
            throw fault(start, "number beyond 63 bits");
        }
        long leastForThisLength = additional == 24 ? 24 : 1L << (4 << (additional - 24));
        if (value < leastForThisLength) {
            throw fault(start, "number not in its shortest form");
        }
        return value;
    }

    private byte[] take(int start, long length) throws CborException {
        checkCount(start, length);
        byte[] content = Arrays.copyOfRange(in, offset, offset + (int) length);
        offset += (int) length;
        return content;
    }

    private String text(int start, long length) throws CborException {
        checkCount(start, length);
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder() // reports what is malformed, where the constructor of String would replace it
                    .decode(ByteBuffer.wrap(in, offset, (int) length))
                    .toString();
            offset += (int) length;
            return text;
        } catch (CharacterCodingException malformed) {
            throw fault(start, "text is not UTF-8");
        }
    }

    private CborValue array(int start, long count, int depth) throws CborException {
        checkCount(start, count);
        List<CborValue> items = new ArrayList<>();
        for (long i = 0; i < count; i++) {
            items.add(item(depth));
        }
        return CborValue.array(items);
    }

    private CborMap map(int start, long count, int depth) throws CborException {
        checkCount(start, count);
        Map<CborKey, CborValue> entries = new LinkedHashMap<>();
        CborKey previous = null;
        for (long i = 0; i < count; i++) {
            int keyStart = offset;
            CborKey key = key(keyStart);
            int order = previous == null ? -1 : previous.compareTo(key);
            if (order >= 0) {
                throw fault(keyStart, key + (order == 0 ? " is there twice" : " is not in order"));
            }
            entries.put(key, item(depth));
            previous = key;
        }
        return new CborMap(entries);
    }

    private CborKey key(int start) throws CborException {
        int initial = octet();
        int majorType = initial >> 5;
        return switch (majorType) {
            case UNSIGNED -> CborKey.of(argument(start, initial & 0x1f));
            case NEGATIVE -> CborKey.of(~argument(start, initial & 0x1f));
            case TEXT -> CborKey.of(text(start, argument(start, initial & 0x1f)));
            default -> throw fault(start, "key is neither a number nor text");
        };
    }

    /** Every byte, character and item takes at least one byte, so no honest count is larger than what is left. */
    private void checkCount(int start, long count) throws CborException {
        if (count > in.length - offset) {
            throw fault(start, "length " + count + ", only " + (in.length - offset) + " bytes left");
        }
    }

    private int octet() throws CborException {
        if (offset == in.length) {
            throw fault(offset, "ends too early");
        }
        return in[offset++] & 0xff;
    }

    private static CborException fault(int offset, String what) {
        return new CborException("offset " + offset + ": " + what);
    }
}
