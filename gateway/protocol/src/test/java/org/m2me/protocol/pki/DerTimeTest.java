// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Instant;
import org.bouncycastle.asn1.ASN1GeneralizedTime;
import org.bouncycastle.asn1.ASN1UTCTime;
import org.bouncycastle.asn1.x509.Time;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DerTimeTest {
    @ParameterizedTest
    @CsvSource({
        "261122101112Z, 2026-11-22T10:11:12Z",
        "491231235959Z, 2049-12-31T23:59:59Z", // RFC 5280 4.1.2.5.1: from 50 on it is the last century
        "500101000000Z, 1950-01-01T00:00:00Z",
        "240229000000Z, 2024-02-29T00:00:00Z",
    })
    void readsTheTwoDigitYearsOfCertificates(String text, Instant expected) {
        assertThat(DerTime.of(new Time(new ASN1UTCTime(text)))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "20261122101112Z, 2026-11-22T10:11:12Z",
        "20500101000000Z, 2050-01-01T00:00:00Z",
        "99991231235959Z, 9999-12-31T23:59:59Z", // RFC 5280 4.1.2.5: no well-defined end
    })
    void readsFourDigitYears(String text, Instant expected) {
        assertThat(DerTime.of(new ASN1GeneralizedTime(text))).isEqualTo(expected);
        assertThat(DerTime.of(new Time(new ASN1GeneralizedTime(text)))).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "20261122101112.5Z",
                "20261122101112+0100",
                "20261122101112",
                "202611221011Z",
                "20261322101112Z",
                "20260229101112Z",
                "20261122241112Z",
                "2026112210111200Z"
            })
    void refusesEveryOtherForm(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DerTime.of(new ASN1GeneralizedTime(text)))
                .withMessageContaining("time: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"2611221011Z", "261122101112", "261122101112+0100", "2611221011+0100"})
    void refusesEveryOtherFormWithYearsOfTwoDigits(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DerTime.of(new Time(new ASN1UTCTime(text))))
                .withMessageContaining("time: ");
    }
}
