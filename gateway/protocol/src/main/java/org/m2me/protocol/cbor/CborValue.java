// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.cbor;

import java.util.Arrays;
import java.util.List;

/**
 * One CBOR item of any kind that is accepted here: an integer, byte string, text string, boolean, array, map or tagged
 * item. Needed where a standard mixes kinds, as COSE and CoRIM do; messages of this project read {@link CborMap} only.
 */
public final class CborValue {
    /** A tag and what it is put on. */
    record Tagged(long tag, CborValue content) {}

    /** A {@link Long}, {@code byte[]}, {@link String}, {@link Boolean}, {@link List}, {@link CborMap} or {@link Tagged}. */
    private final Object content;

    private CborValue(Object content) {
        this.content = content;
    }

    public static CborValue of(long integer) {
        return new CborValue(integer);
    }

    /** A copy of these bytes. */
    public static CborValue of(byte[] bytes) {
        return new CborValue(bytes.clone());
    }

    /** @throws IllegalArgumentException if the text has half a surrogate pair, which UTF-8 cannot carry */
    public static CborValue of(String text) {
        return new CborValue(CborEncoder.encodable(text));
    }

    public static CborValue of(boolean bool) {
        return new CborValue(bool);
    }

    public static CborValue of(CborMap map) {
        return new CborValue(map);
    }

    /** An array. */
    public static CborValue array(List<CborValue> items) {
        return new CborValue(List.copyOf(items));
    }

    /** An array. */
    public static CborValue array(CborValue... items) {
        return new CborValue(List.of(items));
    }

    /** An item under a tag. */
    public static CborValue tagged(long tag, CborValue item) {
        if (tag < 0) {
            throw new IllegalArgumentException("tag: " + tag + " is negative");
        }
        return new CborValue(new Tagged(tag, item));
    }

    /** Takes over an array that nobody else holds. */
    static CborValue owning(byte[] bytes) {
        return new CborValue(bytes);
    }

    /**
     * Decodes one item, as strictly as {@link CborMap#decode}.
     *
     * @throws CborException naming the offset and the fault
     */
    public static CborValue decode(byte[] bytes) throws CborException {
        return new CborDecoder(bytes).whole();
    }

    /** Takes text that was decoded, so that it can be encoded. */
    static CborValue owning(String text) {
        return new CborValue(text);
    }

    /** The one encoding of this item. */
    public byte[] encode() {
        return CborEncoder.encode(this);
    }

    /** @throws CborException if this is no integer */
    public long integer() throws CborException {
        return as(Long.class, "an integer");
    }

    /** @throws CborException if this is no integer, or outside of the bounds, both included */
    public long integer(long min, long max) throws CborException {
        long value = integer();
        if (value < min || value > max) {
            throw new CborException(value + " is not in " + min + " to " + max);
        }
        return value;
    }

    /** A copy. @throws CborException if this is no byte string, or its length is outside of the bounds, both included */
    public byte[] bytes(int minLength, int maxLength) throws CborException {
        byte[] value = as(byte[].class, "a byte string");
        if (value.length < minLength || value.length > maxLength) {
            throw new CborException(value.length + " bytes, wants " + minLength + " to " + maxLength);
        }
        return value.clone();
    }

    /** @throws CborException if this is no text string, or longer than this many bytes of UTF-8 */
    public String text(int maxLength) throws CborException {
        String value = as(String.class, "a text string");
        int length = CborEncoder.utf8(value).length;
        if (length > maxLength) {
            throw new CborException(length + " bytes of text, wants at most " + maxLength);
        }
        return value;
    }

    /** @throws CborException if this is no boolean */
    public boolean bool() throws CborException {
        return as(Boolean.class, "a boolean");
    }

    /** @throws CborException if this is no map */
    public CborMap map() throws CborException {
        return as(CborMap.class, "a map");
    }

    /** @throws CborException if this is no array, or its length is outside of the bounds, both included */
    @SuppressWarnings("unchecked") // the only lists that a value is made of
    public List<CborValue> array(int minCount, int maxCount) throws CborException {
        List<CborValue> items = (List<CborValue>) as(List.class, "an array");
        if (items.size() < minCount || items.size() > maxCount) {
            throw new CborException(items.size() + " items, wants " + minCount + " to " + maxCount);
        }
        return items;
    }

    /** What is under this tag. @throws CborException if this does not carry that tag */
    public CborValue untagged(long tag) throws CborException {
        Tagged tagged = as(Tagged.class, "tag " + tag);
        if (tagged.tag() != tag) {
            throw new CborException("wants tag " + tag + ", is tag " + tagged.tag());
        }
        return tagged.content();
    }

    Object content() {
        return content;
    }

    /** Overwrites every byte string within. */
    void wipe() {
        if (content instanceof byte[] bytes) {
            Arrays.fill(bytes, (byte) 0);
        } else if (content instanceof List<?> items) {
            items.forEach(item -> ((CborValue) item).wipe());
        } else if (content instanceof CborMap map) {
            map.wipe();
        } else if (content instanceof Tagged tagged) {
            tagged.content().wipe();
        }
    }

    private <T> T as(Class<T> kind, String wanted) throws CborException {
        if (!kind.isInstance(content)) {
            throw new CborException("wants " + wanted + ", is " + kind());
        }
        return kind.cast(content);
    }

    private String kind() {
        if (content instanceof Long) {
            return "an integer";
        } else if (content instanceof byte[]) {
            return "a byte string";
        } else if (content instanceof String) {
            return "a text string";
        } else if (content instanceof Boolean) {
            return "a boolean";
        } else if (content instanceof List) {
            return "an array";
        } else if (content instanceof CborMap) {
            return "a map";
        }
        return "a tagged item";
    }

    /** The kind only: the content may be a secret. */
    @Override
    public String toString() {
        return "CborValue[" + kind() + "]";
    }
}
