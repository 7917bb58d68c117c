// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.gsup;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;

/** What osmo-hlr, osmo-sgsn and their counterparts said. */
final class RecordedFrames {
    /** Octets as they were on the wire. @param toHome whether the home network received them */
    @SuppressWarnings("ArrayRecordComponent") // compared by their content
    record Recorded(boolean toHome, byte[] octets) {
        IpaFrame frame() throws IOException {
            return IpaFrame.read(new ByteArrayInputStream(octets));
        }

        @Override
        public String toString() {
            return HexFormat.of().formatHex(octets);
        }
    }

    private RecordedFrames() {}

    static List<Recorded> all() throws IOException {
        try (InputStream in = RecordedFrames.class.getResourceAsStream("frames.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line ->
                            new Recorded(line.charAt(0) == '>', HexFormat.of().parseHex(line.substring(2))))
                    .toList();
        }
    }
}
