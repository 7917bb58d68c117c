// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.pki;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import org.bouncycastle.asn1.ASN1GeneralizedTime;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1UTCTime;
import org.bouncycastle.asn1.x509.Time;

/**
 * Times in certificates and OCSP answers: UTC to the second, the one form that they may have (RFC 5280 4.1.2.5, RFC 6960
 * 4.2.2.1). Bouncy Castle makes a date format for each, which takes longer than all the rest of reading a certificate.
 */
final class DerTime {
    private static final int LENGTH = "yyyyMMddHHmmssZ".length();

    /** RFC 5280 4.1.2.5.1: of two digits, 50 is the first of the last century. */
    private static final char LAST_CENTURY = '5';

    private DerTime() {}

    /** @throws IllegalArgumentException if it has another form, or there is no such moment */
    static Instant of(Time time) {
        ASN1Primitive either = time.toASN1Primitive();
        return either instanceof ASN1UTCTime utc
                ? instant(withCentury(utc.toString()))
                : of(ASN1GeneralizedTime.getInstance(either));
    }

    private static String withCentury(String text) {
        return (text.charAt(0) < LAST_CENTURY ? "20" : "19") + text;
    }

    /** @throws IllegalArgumentException if it has another form, or there is no such moment */
    static Instant of(ASN1GeneralizedTime time) {
        return instant(time.getTimeString());
    }

    private static Instant instant(String text) {
        if (text.length() != LENGTH || !text.endsWith("Z")) {
            throw new IllegalArgumentException("time: " + text + " is not to the second of UTC");
        }
        try {
            return LocalDateTime.of(
                            number(text, 0, 4),
                            number(text, 4, 6),
                            number(text, 6, 8),
                            number(text, 8, 10),
                            number(text, 10, 12),
                            number(text, 12, 14))
                    .toInstant(ZoneOffset.UTC);
        } catch (DateTimeException never) {
            throw new IllegalArgumentException("time: there is no " + text, never);
        }
    }

    private static int number(String text, int from, int to) {
        int number = 0;
        for (int i = from; i < to; i++) {
            int digit = Character.digit(text.charAt(i), 10);
            if (digit < 0) {
                throw new IllegalArgumentException("time: " + text + " has no number there");
            }
            number = 10 * number + digit;
        }
        return number;
    }
}
