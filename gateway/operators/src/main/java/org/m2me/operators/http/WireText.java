// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.http;

import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.function.Function;
import org.m2me.operators.Country;
import org.m2me.protocol.identity.Imsi;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Pcid;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.pki.Certificate;

/**
 * A type that is a string in JSON. One table for the codec and for the description of the interfaces.
 *
 * @param schemaKeyword what JSON Schema says of the string, besides that it is one
 * @param read throws IllegalArgumentException or DateTimeException for what is no such value
 */
record WireText<T>(
        Class<T> type,
        Function<? super T, String> write,
        Function<String, ? extends T> read,
        String schemaKeyword,
        String schemaValue) {
    private static final String PATTERN = "pattern";
    private static final String FORMAT = "format";
    static final String ENCODING = "contentEncoding";
    static final String BASE64 = "base64";

    /** All of them. Secrets are apart: they never are strings in memory. */
    static final List<WireText<?>> ALL = List.of(
            new WireText<>(Imsi.class, Imsi::digits, Imsi::new, PATTERN, "^\\d{14,15}$"),
            new WireText<>(Pcid.class, Pcid::toString, Pcid::of, PATTERN, "^\\d{14,15}$"),
            new WireText<>(Plmn.class, Plmn::toString, Plmn::parse, PATTERN, "^\\d{3}-\\d{2,3}$"),
            new WireText<>(Country.class, Country::mcc, Country::new, PATTERN, "^\\d{3}$"),
            new WireText<>(Ueid.class, Ueid::hex, Ueid::hex, PATTERN, "^01[0-9a-f]{32}$"),
            new WireText<>(Nonce.class, Nonce::toString, hex -> new Nonce(Opaque.hex(hex)), PATTERN, "^[0-9a-f]{32}$"),
            new WireText<>(
                    Opaque.class,
                    opaque -> Base64.getEncoder().encodeToString(opaque.bytes()),
                    base64 -> Opaque.of(Base64.getDecoder().decode(base64)),
                    ENCODING,
                    BASE64),
            new WireText<>(
                    Certificate.class,
                    certificate -> Base64.getEncoder().encodeToString(certificate.der()),
                    base64 -> Certificate.parse(Base64.getDecoder().decode(base64)),
                    ENCODING,
                    BASE64),
            new WireText<>(Instant.class, Instant::toString, Instant::parse, FORMAT, "date-time"),
            new WireText<>(Duration.class, Duration::toString, Duration::parse, FORMAT, "duration"));
}
