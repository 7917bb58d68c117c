// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal.at;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.m2me.hal.at.Transcript.Exchange;

/** How another port or another setting would have recorded the same dialogue. */
enum Variation {
    AS_RECORDED {
        @Override
        String bytes(Exchange exchange, Random random) {
            return exchange.bytes;
        }
    },
    WITH_REPORTS_IN_BETWEEN {
        @Override
        String bytes(Exchange exchange, Random random) {
            List<Integer> places = new ArrayList<>();
            for (int i = 0; i + 3 < exchange.bytes.length(); i++) {
                if (exchange.bytes.startsWith("\r\n\r\n", i)) {
                    places.add(i + 2);
                }
            }
            if (exchange.bytes.startsWith("\r\n")) {
                places.add(0);
            }
            return places.isEmpty()
                    ? exchange.bytes
                    : inserted(exchange.bytes, places, "\r\n" + REPORT + "\r\n", random);
        }
    },
    WITH_NOISE_ON_THE_LINE {
        @Override
        String bytes(Exchange exchange, Random random) {
            List<Integer> places = exchange.bytes.startsWith("\r\n") ? List.of(0) : List.of();
            return places.isEmpty() ? exchange.bytes : inserted(exchange.bytes, places, noise(random), random);
        }
    },
    WITH_ECHO {
        @Override
        String bytes(Exchange exchange, Random random) {
            String echo = exchange.command.text() + "\r";
            String sent =
                    exchange.command.payload().map(text -> text + "\u001a").orElse("");
            boolean recorded =
                    exchange.bytes.toUpperCase(java.util.Locale.ROOT).contains("AT+Q") || exchange.bytes.contains(echo);
            return recorded ? exchange.bytes : echo + exchange.bytes.replace("|", "|" + sent);
        }
    },
    WITHOUT_ECHO {
        @Override
        String bytes(Exchange exchange, Random random) {
            return exchange.bytes.replace(exchange.command.text() + "\r", "");
        }
    },
    WITH_DOUBLED_CARRIAGE_RETURNS {
        @Override
        String bytes(Exchange exchange, Random random) {
            return isCounted(exchange) ? exchange.bytes : exchange.bytes.replace("\r\n", "\r\r\n");
        }
    },
    WITH_LINE_FEEDS_ONLY {
        @Override
        String bytes(Exchange exchange, Random random) {
            return isCounted(exchange) ? exchange.bytes : exchange.bytes.replace("\r\n", "\n");
        }
    },
    WITH_NUMERIC_RESULTS {
        @Override
        boolean applies(Exchange exchange) {
            boolean plain = exchange.command.payload().isEmpty()
                    && exchange.command.completedBy().isEmpty()
                    && !isCounted(exchange);
            return plain
                    && !SETS_WORDS.matcher(exchange.command.text()).matches()
                    && !exchange.result.matches("\\d")
                    && exchange.lines.stream().noneMatch(line -> line.matches("\\d"));
        }

        @Override
        String bytes(Exchange exchange, Random random) {
            return exchange.bytes
                    .replaceAll("\r+\nOK\r+\n|\rOK\r+\n", "\r\n0\r")
                    .replace("\r\nERROR\r\n", "\r\n4\r")
                    .replace("\r\nNO CARRIER\r\n", "\r\n3\r")
                    .replaceAll("\r\nCONNECT [^\r]*\r\n", "\r\n1\r");
        }

        @Override
        String result(Exchange exchange) {
            return switch (exchange.result) {
                case "OK" -> "0";
                case "ERROR" -> "4";
                case "NO CARRIER" -> "3";
                default -> exchange.result.startsWith("CONNECT") ? "1" : exchange.result;
            };
        }
    };

    /** What is put in between. */
    static final String REPORT = "+CGEV: ME PDN ACT 4";

    private static final Pattern SETS_WORDS = Pattern.compile("AT(.*V[01]|Z|&F).*");

    /** Frames of a multiplexer (recorded with phonesim), a packet of PPP (recorded with a SIM7600), a waking UART. */
    private static final List<String> RECORDED_NOISE = List.of(
            "f9033f011cf9",
            "f9073f01def9",
            "f907ef0f41542b4353510dddf9",
            "7eff03c02109010008 99d135c18e2c7e",
            "000000");

    abstract String bytes(Exchange exchange, Random random);

    /** Whether the exchange could be recorded so. */
    boolean applies(Exchange exchange) {
        return true;
    }

    String result(Exchange exchange) {
        return exchange.result;
    }

    private static boolean isCounted(Exchange exchange) {
        return exchange.command.counted().isPresent();
    }

    private static String inserted(String bytes, List<Integer> places, String what, Random random) {
        int place = places.get(random.nextInt(places.size()));
        return bytes.substring(0, place) + what + bytes.substring(place);
    }

    /** Recorded, or control characters and bytes above ASCII, as a UART of another speed makes them. */
    private static String noise(Random random) {
        if (random.nextBoolean()) {
            String hex =
                    RECORDED_NOISE.get(random.nextInt(RECORDED_NOISE.size())).replace(" ", "");
            return new String(HexFormat.of().parseHex(hex), StandardCharsets.ISO_8859_1);
        }
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(40); i >= 0; i--) {
            text.append((char) (random.nextBoolean() ? 0x80 + random.nextInt(0x80) : 1 + random.nextInt(8)));
        }
        return text.append('\u0003').toString();
    }
}
