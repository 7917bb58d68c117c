// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal.at;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Parameters as V.250 5.4.2 writes them: numbers, strings in quotes, commas between. */
public final class AtText {
    private AtText() {}

    /** Splits at a separator, but not inside quotes; what is between keeps its quotes. */
    public static List<String> split(String text, char separator) {
        List<String> parts = new ArrayList<>();
        boolean quoted = false;
        int start = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            quoted ^= c == '"';
            if (c == separator && !quoted) {
                parts.add(text.substring(start, i));
                start = i + 1;
            }
        }
        parts.add(text.substring(start));
        return parts;
    }

    /** The parameters of a line, without blanks around them and without quotes. */
    public static List<String> fields(String text) {
        return split(text, ',').stream().map(AtText::unquote).toList();
    }

    /** A string constant: quotes, backslashes and what is not printable as a backslash and two hexadecimal digits. */
    public static String quote(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            if (b < ' ' || b > '~' || b == '"' || b == '\\') {
                quoted.append('\\').append(HexFormat.of().withUpperCase().toHexDigits(b));
            } else {
                quoted.append((char) b);
            }
        }
        return quoted.append('"').toString();
    }

    /** The content of a string constant, or the bare word where a modem left the quotes out. */
    public static String unquote(String field) {
        String text = field.strip();
        if (text.length() < 2 || !text.startsWith("\"") || !text.endsWith("\"")) {
            return text;
        }
        String inside = text.substring(1, text.length() - 1);
        return inside.indexOf('\\') < 0 ? inside : unescape(inside);
    }

    private static String unescape(String text) {
        var bytes = new ByteArrayOutputStream();
        for (int i = 0; i < text.length(); i++) {
            boolean escaped = text.charAt(i) == '\\'
                    && i + 2 < text.length()
                    && HexFormat.isHexDigit(text.charAt(i + 1))
                    && HexFormat.isHexDigit(text.charAt(i + 2));
            bytes.write(escaped ? HexFormat.fromHexDigits(text, i + 1, i + 3) : text.charAt(i));
            i += escaped ? 2 : 0;
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
