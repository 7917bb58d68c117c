// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.aka;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.m2me.protocol.crypto.SecretBytes;

/** One published test set: its columns by name, all hexadecimal but the first two. */
record Vector(Map<String, String> columns) {
    /** Every row of a file beside this class. */
    static Stream<Vector> all(String file) {
        try (InputStream stream = Objects.requireNonNull(Vector.class.getResourceAsStream(file), file)) {
            List<String> lines = new String(stream.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .toList();
            String[] names = lines.get(0).split(",", -1);
            return lines.stream().skip(1).map(line -> row(names, line.split(",", -1)));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static Vector row(String[] names, String[] values) {
        Map<String, String> columns = new LinkedHashMap<>();
        for (int i = 0; i < names.length; i++) {
            columns.put(names[i], values[i]);
        }
        return new Vector(columns);
    }

    String text(String column) {
        return Objects.requireNonNull(columns.get(column), column);
    }

    byte[] bytes(String column) {
        return HexFormat.of().parseHex(text(column));
    }

    SecretBytes secret(String column) {
        return SecretBytes.takeFrom(bytes(column));
    }

    long sqn() {
        return HexFormat.fromHexDigitsToLong(text("SQN"));
    }

    int amf() {
        return HexFormat.fromHexDigits(text("AMF"));
    }

    @Override
    public String toString() {
        return "set " + text("set");
    }
}
