// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.cbor;

import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * A CBOR map with integer keys: how every message, claim set and state object of this project is written. Values are
 * integers, byte strings, text strings, booleans, arrays of those, maps and tagged items; nothing else is accepted.
 */
public final class CborMap {
    private CborMap() {}

    /** Starts an empty map. */
    public static Builder builder() {
        throw new UnsupportedOperationException();
    }

    /**
     * Decodes one map, strictly: definite lengths, shortest integers, sorted unique keys, nothing after it, at most 16
     * levels deep.
     *
     * @throws CborException naming the offset and the fault
     */
    public static CborMap decode(byte[] bytes) throws CborException {
        throw new UnsupportedOperationException();
    }

    /** The one encoding of this map. */
    public byte[] encode() {
        throw new UnsupportedOperationException();
    }

    /** The keys, ascending in encoded order. */
    public Set<Long> keys() {
        throw new UnsupportedOperationException();
    }

    public boolean has(long key) {
        throw new UnsupportedOperationException();
    }

    /** @throws CborException if absent or not an integer */
    public long integer(long key) throws CborException {
        throw new UnsupportedOperationException();
    }

    /** @throws CborException if absent, not an integer, or outside of the bounds, both included */
    public long integer(long key, long min, long max) throws CborException {
        throw new UnsupportedOperationException();
    }

    /** @throws CborException if absent, not a byte string, or its length is outside of the bounds, both included */
    public byte[] bytes(long key, int minLength, int maxLength) throws CborException {
        throw new UnsupportedOperationException();
    }

    /** @throws CborException if absent, not a text string, or longer than this many bytes of UTF-8 */
    public String text(long key, int maxLength) throws CborException {
        throw new UnsupportedOperationException();
    }

    /** @throws CborException if absent or not a boolean */
    public boolean bool(long key) throws CborException {
        throw new UnsupportedOperationException();
    }

    /** @throws CborException if absent or not a map with integer keys */
    public CborMap map(long key) throws CborException {
        throw new UnsupportedOperationException();
    }

    /** @throws CborException if absent, or not an array of maps with integer keys, or more than this many */
    public List<CborMap> maps(long key, int maxCount) throws CborException {
        throw new UnsupportedOperationException();
    }

    /** @throws CborException if absent, or not an array of byte strings, or more than this many */
    public List<byte[]> byteStrings(long key, int maxCount) throws CborException {
        throw new UnsupportedOperationException();
    }

    /** @throws CborException if absent, or not an array of integers, or more than this many */
    public List<Long> integers(long key, int maxCount) throws CborException {
        throw new UnsupportedOperationException();
    }

    /** Collects the entries of a map, in any order. A key that is put twice is a programming error. */
    public static final class Builder {
        private Builder() {}

        public Builder put(long key, long value) {
            throw new UnsupportedOperationException();
        }

        public Builder put(long key, byte[] value) {
            throw new UnsupportedOperationException();
        }

        public Builder put(long key, String value) {
            throw new UnsupportedOperationException();
        }

        public Builder put(long key, boolean value) {
            throw new UnsupportedOperationException();
        }

        public Builder put(long key, CborMap value) {
            throw new UnsupportedOperationException();
        }

        public Builder putMaps(long key, Collection<CborMap> values) {
            throw new UnsupportedOperationException();
        }

        public Builder putByteStrings(long key, Collection<byte[]> values) {
            throw new UnsupportedOperationException();
        }

        public Builder putIntegers(long key, Collection<Long> values) {
            throw new UnsupportedOperationException();
        }

        public CborMap build() {
            throw new UnsupportedOperationException();
        }
    }
}
