// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.stream.Collectors;

/** The bytes of each message as they were agreed on, one file per message: hexadecimal, {@code #} begins a comment. */
public enum Golden {
    REGISTER,
    REGISTER_WITHOUT_PCID,
    REGISTER_CHANGE,
    REGISTER_RENEWAL,
    REGISTER_ANSWER,
    CHALLENGE,
    DOWNLOAD,
    REFUSAL,
    ORDER,
    CREDENTIAL,
    OWNER_ORDER,
    ORDER_ANSWER,
    RELEASE,
    RELAY,
    VERDICT,
    VERDICT_WITH_MAIL,
    PROVISIONING_REPORT,
    TELEMETRY,
    ACTIVATION_REQUEST,
    ACTIVATION,
    ACTIVATION_CLAIMS,
    ACTIVATION_WITHDRAWAL,
    ACTIVATION_WITHDRAWAL_CLAIMS,
    DEVICE_FEED,
    EVIDENCE,
    ATTESTATION_RESULT,
    AUTHENTICITY,
    REFERENCE_VALUES;

    private String file() {
        return "golden/" + name().toLowerCase(Locale.ROOT).replace('_', '-') + ".hex";
    }

    public byte[] bytes() {
        try (InputStream in = Golden.class.getResourceAsStream(file())) {
            if (in == null) {
                throw new IllegalStateException(file() + " is missing");
            }
            String digits = Arrays.stream(new String(in.readAllBytes(), UTF_8).split("\n", -1))
                    .map(line -> line.replaceFirst("#.*", "").replace(" ", ""))
                    .collect(Collectors.joining());
            return HexFormat.of().parseHex(digits);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
