// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.cbor;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A CBOR map with integer keys: how every message, claim set and state object of this project is written. Values are
 * integers, byte strings, text strings, booleans, arrays of those, maps and tagged items; nothing else is accepted. Text
 * keys are there for the standards that have them.
 */
public final class CborMap {
    /** In the order of the keys. */
    private final Map<CborKey, CborValue> entries;

    /** Takes over entries that are in the order of their keys, and that nobody else holds. */
    CborMap(Map<CborKey, CborValue> entries) {
        this.entries = entries;
    }

    /** Starts an empty map. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Decodes one map, strictly: definite lengths, shortest integers, sorted unique keys, nothing after it, at most 16
     * levels deep.
     *
     * @throws CborException naming the offset and the fault
     */
    public static CborMap decode(byte[] bytes) throws CborException {
        return CborValue.decode(bytes).map();
    }

    /** The one encoding of this map. */
    public byte[] encode() {
        return CborValue.of(this).encode();
    }

    /** The integer keys, ascending in encoded order: 0, 1, 2 and on, then -1, -2 and on. */
    public Set<Long> keys() {
        Set<Long> keys = new LinkedHashSet<>();
        for (CborKey key : entries.keySet()) {
            if (key.text() == null) {
                keys.add(key.number());
            }
        }
        return Collections.unmodifiableSet(keys);
    }

    /** All entries, shorter keys first, then in the order of their UTF-8. @throws CborException if a key is no text */
    public Map<String, CborValue> textEntries() throws CborException {
        Map<String, CborValue> texts = new LinkedHashMap<>();
        for (Map.Entry<CborKey, CborValue> entry : entries.entrySet()) {
            String text = entry.getKey().text();
            if (text == null) {
                throw new CborException(entry.getKey() + ": wants text");
            }
            texts.put(text, entry.getValue());
        }
        return Collections.unmodifiableMap(texts);
    }

    public boolean has(long key) {
        return entries.containsKey(CborKey.of(key));
    }

    /** Whether no other keys than these are there. @throws CborException naming the first that is not among them */
    public void checkOnly(Set<Long> known) throws CborException {
        for (CborKey key : entries.keySet()) {
            if (key.text() != null || !known.contains(key.number())) {
                throw new CborException(key + ": not known here");
            }
        }
    }

    /** @throws CborException if absent or not an integer */
    public long integer(long key) throws CborException {
        return at(CborKey.of(key), CborValue::integer);
    }

    /** @throws CborException if absent, not an integer, or outside of the bounds, both included */
    public long integer(long key, long min, long max) throws CborException {
        return at(CborKey.of(key), value -> value.integer(min, max));
    }

    /** @throws CborException if absent, not a byte string, or its length is outside of the bounds, both included */
    public byte[] bytes(long key, int minLength, int maxLength) throws CborException {
        return at(CborKey.of(key), value -> value.bytes(minLength, maxLength));
    }

    /** @throws CborException if absent, not a text string, or longer than this many bytes of UTF-8 */
    public String text(long key, int maxLength) throws CborException {
        return at(CborKey.of(key), value -> value.text(maxLength));
    }

    /** @throws CborException if absent or not a boolean */
    public boolean bool(long key) throws CborException {
        return at(CborKey.of(key), CborValue::bool);
    }

    /** @throws CborException if absent or not a map */
    public CborMap map(long key) throws CborException {
        return at(CborKey.of(key), CborValue::map);
    }

    /** @throws CborException if absent or not a map */
    public CborMap map(String key) throws CborException {
        return at(CborKey.of(key), CborValue::map);
    }

    /** @throws CborException if absent, or not an array, or more than this many */
    public List<CborValue> array(long key, int maxCount) throws CborException {
        return at(CborKey.of(key), value -> value.array(0, maxCount));
    }

    /** @throws CborException if absent, or not an array of maps, or more than this many */
    public List<CborMap> maps(long key, int maxCount) throws CborException {
        return list(key, maxCount, CborValue::map);
    }

    /** @throws CborException if absent, or not an array of byte strings, or more than this many */
    public List<byte[]> byteStrings(long key, int maxCount) throws CborException {
        return list(key, maxCount, item -> item.bytes(0, Integer.MAX_VALUE));
    }

    /** @throws CborException if absent, or not an array of integers, or more than this many */
    public List<Long> integers(long key, int maxCount) throws CborException {
        return list(key, maxCount, CborValue::integer);
    }

    /** @throws CborException if absent */
    public CborValue value(long key) throws CborException {
        return at(CborKey.of(key), value -> value);
    }

    /**
     * Overwrites every byte string within, for a map that carried a secret. The map is of no use afterwards; what its
     * accessors returned are copies, for their callers to wipe.
     */
    public void wipe() {
        entries.values().forEach(CborValue::wipe);
    }

    /** The keys only: a value may be a secret. */
    @Override
    public String toString() {
        return "CborMap" + entries.keySet();
    }

    Map<CborKey, CborValue> entries() {
        return entries;
    }

    private <T> List<T> list(long key, int maxCount, Reading<T> reading) throws CborException {
        return at(CborKey.of(key), value -> {
            List<T> items = new ArrayList<>();
            for (CborValue item : value.array(0, maxCount)) {
                items.add(reading.of(item));
            }
            return List.copyOf(items);
        });
    }

    private <T> T at(CborKey key, Reading<T> reading) throws CborException {
        CborValue value = entries.get(key);
        if (value == null) {
            throw new CborException(key + ": absent");
        }
        try {
            return reading.of(value);
        } catch (CborException fault) {
            throw new CborException(key + ": " + fault.getMessage());
        }
    }

    private interface Reading<T> {
        T of(CborValue value) throws CborException;
    }

    /** Collects the entries of a map, in any order. A key that is put twice is a programming error. */
    public static final class Builder {
        private final SortedMap<CborKey, CborValue> entries = new TreeMap<>();

        private Builder() {}

        public Builder put(long key, long value) {
            return put(key, CborValue.of(value));
        }

        public Builder put(long key, byte[] value) {
            return put(key, CborValue.of(value));
        }

        public Builder put(long key, String value) {
            return put(key, CborValue.of(value));
        }

        public Builder put(long key, boolean value) {
            return put(key, CborValue.of(value));
        }

        public Builder put(long key, CborMap value) {
            return put(key, CborValue.of(value));
        }

        public Builder put(long key, CborValue value) {
            return put(CborKey.of(key), value);
        }

        /** @throws IllegalArgumentException if the key has half a surrogate pair, which UTF-8 cannot carry */
        public Builder put(String key, CborValue value) {
            return put(CborKey.of(CborEncoder.encodable(key)), value);
        }

        public Builder putMaps(long key, Collection<CborMap> values) {
            return put(key, CborValue.array(values.stream().map(CborValue::of).toList()));
        }

        public Builder putByteStrings(long key, Collection<byte[]> values) {
            return put(key, CborValue.array(values.stream().map(CborValue::of).toList()));
        }

        public Builder putIntegers(long key, Collection<Long> values) {
            return put(key, CborValue.array(values.stream().map(CborValue::of).toList()));
        }

        public CborMap build() {
            return new CborMap(new LinkedHashMap<>(entries));
        }

        private Builder put(CborKey key, CborValue value) {
            if (entries.putIfAbsent(key, value) != null) {
                throw new IllegalArgumentException(key + " is put twice");
            }
            return this;
        }
    }
}
