// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.cbor;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * Writes items in their one deterministic form. It counts first and then writes into an array of exactly that size, so
 * that no outgrown buffer with a secret in it stays behind.
 */
final class CborEncoder {
    private final ByteBuffer out;

    private CborEncoder(ByteBuffer out) {
        this.out = out;
    }

    /** @throws IllegalArgumentException if the item is nested deeper than a decoder would take */
    static byte[] encode(CborValue value) {
        ByteBuffer out = ByteBuffer.allocate(length(value, 0));
        new CborEncoder(out).write(value);
        return out.array();
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** The text itself. @throws IllegalArgumentException if it has half a surrogate pair, which UTF-8 cannot carry */
    static String encodable(String text) {
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            throw new IllegalArgumentException("text: half a surrogate pair");
        }
        return text;
    }

    private static int length(CborValue value, int depth) {
        Object content = value.content();
        if (content instanceof Long number) {
            return numberLength(number);
        } else if (content instanceof byte[] bytes) {
            return headLength(bytes.length) + bytes.length;
        } else if (content instanceof String text) {
            return textLength(text);
        } else if (content instanceof Boolean) {
            return 1;
        }
        return containerLength(content, depth + 1);
    }

    private static int containerLength(Object content, int depth) {
        if (depth > CborDecoder.DEPTH_MAX) {
            throw new IllegalArgumentException("nested deeper than " + CborDecoder.DEPTH_MAX);
        }
        int length;
        if (content instanceof List<?> items) {
            length = headLength(items.size());
            for (Object item : items) {
                length = Math.addExact(length, length((CborValue) item, depth));
            }
        } else if (content instanceof CborMap map) {
            length = headLength(map.entries().size());
            for (Map.Entry<CborKey, CborValue> entry : map.entries().entrySet()) {
                length = Math.addExact(length, keyLength(entry.getKey()));
                length = Math.addExact(length, length(entry.getValue(), depth));
            }
        } else {
            CborValue.Tagged tagged = (CborValue.Tagged) content;
            length = Math.addExact(headLength(tagged.tag()), length(tagged.content(), depth));
        }
        return length;
    }

    private static int headLength(long argument) {
        if (argument < 24) {
            return 1;
        } else if (argument <= 0xff) {
            return 2;
        } else if (argument <= 0xffff) {
            return 3;
        }
        return argument <= 0xffff_ffffL ? 5 : 9;
    }

    private static int keyLength(CborKey key) {
        String text = key.text();
        return text == null ? numberLength(key.number()) : textLength(text);
    }

    private static int numberLength(long number) {
        return headLength(number < 0 ? ~number : number);
    }

    private static int textLength(String text) {
        int length = utf8(text).length;
        return headLength(length) + length;
    }

    private void write(CborValue value) {
        Object content = value.content();
        if (content instanceof Long number) {
            number(number);
        } else if (content instanceof byte[] bytes) {
            head(CborDecoder.BYTES, bytes.length);
            out.put(bytes);
        } else if (content instanceof String text) {
            text(text);
        } else if (content instanceof Boolean bool) {
            head(CborDecoder.SIMPLE, bool ? CborDecoder.TRUE : CborDecoder.FALSE);
        } else {
            writeContainer(content);
        }
    }

    private void writeContainer(Object content) {
        if (content instanceof List<?> items) {
            head(CborDecoder.ARRAY, items.size());
            items.forEach(item -> write((CborValue) item));
        } else if (content instanceof CborMap map) {
            head(CborDecoder.MAP, map.entries().size());
            map.entries().forEach((key, value) -> {
                writeKey(key);
                write(value);
            });
        } else {
            CborValue.Tagged tagged = (CborValue.Tagged) content;
            head(CborDecoder.TAG, tagged.tag());
            write(tagged.content());
        }
    }

    private void writeKey(CborKey key) {
        String text = key.text();
        if (text == null) {
            number(key.number());
        } else {
            text(text);
        }
    }

    private void number(long number) {
        head(number < 0 ? CborDecoder.NEGATIVE : CborDecoder.UNSIGNED, number < 0 ? ~number : number);
    }

    private void text(String text) {
        byte[] utf8 = utf8(text);
        head(CborDecoder.TEXT, utf8.length);
        out.put(utf8);
    }

    private void head(int majorType, long argument) {
        int type = majorType << 5;
        switch (headLength(argument)) {
            case 1 -> out.put((byte) (type | argument));
            case 2 -> out.put((byte) (type | 24)).put((byte) argument);
            case 3 -> out.put((byte) (type | 25)).putShort((short) argument);
            case 5 -> out.put((byte) (type | 26)).putInt((int) argument);
            default -> out.put((byte) (type | 27)).putLong(argument);
        }
    }
}
