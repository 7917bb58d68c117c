// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.m2me.protocol.Samples;
import org.m2me.protocol.cbor.CborException;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.evidence.Evidence;
import org.m2me.protocol.evidence.MeasuredComponent;
import org.m2me.protocol.identity.Pcid;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.pki.Certificate;
import org.m2me.protocol.pki.CertificateAuthority;

class MessageLimitsTest {
    private static final String NONCE = "50a0a1a2a3a4a5a6a7a8a9aaabacadaeaf";

    @ParameterizedTest
    @CsvSource({
        "a0, key 1: absent",
        "a1014fa0a1a2a3a4a5a6a7a8a9aaabacadae, 'key 1: 15 bytes, wants 16 to 16'",
        "a201NONCE0200, 'key 2: wants a byte string, is an integer'",
        "a201NONCE0247262420000000ff, 'key 2: IMSI'", // 12 digits
        "a201NONCE02482624200000000012, 'key 2: IMSI'", // 16 digits
        "a201NONCE024826242000000000af, 'key 2: IMSI'", // a is no digit
        "a201NONCE0300, key 3: 0 is not in 1 to",
        "a201NONCE0309, key 3: procedure: 9 is not known",
        "a201NONCE0409, key 5: absent",
        "a201NONCE0600, key 6: not known here",
        "a201NONCE616100, 'key \"a\": not known here'"
    })
    void refusesARegisterNamingTheField(String cbor, String fault) {
        byte[] bytes = HexFormat.of().parseHex(cbor.replace("NONCE", NONCE));
        assertThatThrownBy(() -> Register.decode(bytes))
                .isInstanceOf(CborException.class)
                .hasMessageStartingWith(fault);
    }

    @ParameterizedTest
    @ValueSource(strings = {"26242000000001", "001010000000001", "901700000000001"})
    void carriesPcidsOfBothLengths(String digits) throws CborException {
        Register register = Register.initial(Samples.REGISTRATION, Optional.of(Pcid.of(digits)));
        assertThat(Register.decode(register.encode())).isEqualTo(register);
    }

    @Test
    void promisesADeviceNoCertificateThatItCannotTake() throws CborException {
        Certificate longest = certificate(RegisterAnswer.CERTIFICATE_SIZE_MAX);
        RegisterAnswer answer = new RegisterAnswer(Plmn.parse("262-01"), longest);
        assertThat(RegisterAnswer.decode(answer.encode()).certificate().der()).isEqualTo(longest.der());

        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        new RegisterAnswer(Plmn.parse("262-01"), certificate(RegisterAnswer.CERTIFICATE_SIZE_MAX + 1)))
                .withMessage("certificate: 901 bytes, at most 900");
    }

    /** One of exactly so many bytes; a signature has 70 to 72, by chance. */
    private static Certificate certificate(int length) {
        P256PrivateKey key = P256PrivateKey.generate(new SecureRandom());
        int host = 400 + length - certificate(key, 400, 0).der().length;
        for (int second = 1; second < 1000; second++) {
            Certificate made = certificate(key, host, second);
            if (made.der().length == length) {
                return made;
            }
        }
        throw new IllegalStateException("no certificate has " + length + " bytes");
    }

    private static Certificate certificate(P256PrivateKey key, int host, int second) {
        Instant now = Instant.parse("2026-01-01T00:00:00Z");
        return CertificateAuthority.selfSigned("operators", key, now, now.plusSeconds(2000))
                .issue(new CertificateAuthority.Request(
                        "sho.262-01",
                        "h".repeat(host),
                        key.publicKey(),
                        CertificateAuthority.Usage.ROLE,
                        now,
                        now.plusSeconds(1 + second)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a101NONCE", "a301NONCE02NONCE0400", "a20100" + "02NONCE", "a201NONCE0418ff"})
    void refusesMailThatIsNotOfOneKind(String cbor) {
        byte[] bytes = HexFormat.of().parseHex(cbor.replace("NONCE", NONCE));
        assertThatThrownBy(() -> Mail.decode(bytes)).isInstanceOf(CborException.class);
    }

    @ParameterizedTest
    @EnumSource(ResultCode.class)
    void carriesEveryResultCode(ResultCode code) throws CborException {
        assertThat(Verdict.decode(new Verdict(code).encode()).code()).isEqualTo(code);
        assertThat(code.status()).isBetween(200, 599);
        assertThat(new Refused(code, "why").getMessage()).isEqualTo(code + ": why");
    }

    @Test
    void knowsEveryResultCodeByItsPlace() {
        assertThat(ResultCode.values())
                .extracting(ResultCode::number)
                .containsExactlyElementsOf(
                        IntStream.range(0, ResultCode.values().length).boxed().toList());
    }

    @Test
    void cutsTelemetryToWholeSeconds() {
        Telemetry telemetry = new Telemetry(1, Instant.ofEpochMilli(1999), new TreeMap<>());
        assertThat(telemetry.at()).isEqualTo(Instant.ofEpochSecond(1));
    }

    @Test
    void refusesTelemetryOutOfRange() {
        SortedMap<String, Long> none = new TreeMap<>();
        SortedMap<String, Long> many = new TreeMap<>();
        IntStream.range(0, 17).forEach(i -> many.put("reading" + i, 0L));
        SortedMap<String, Long> longName = new TreeMap<>(Map.of("x".repeat(33), 0L));
        assertThatIllegalArgumentException().isThrownBy(() -> new Telemetry(0, Instant.EPOCH, none));
        assertThatIllegalArgumentException().isThrownBy(() -> new Telemetry(1, Instant.EPOCH.minusSeconds(1), none));
        assertThatIllegalArgumentException().isThrownBy(() -> new Telemetry(1, Instant.EPOCH, many));
        assertThatIllegalArgumentException().isThrownBy(() -> new Telemetry(1, Instant.EPOCH, longName));
    }

    @Test
    void refusesAFeedOfTooManyDevices() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new DeviceFeed(0, Collections.nCopies(1001, Samples.UEID)));
    }

    @Test
    void theLargestOfEachMessageFitsItsResource() {
        SortedMap<String, Long> readings = new TreeMap<>();
        IntStream.range(0, Telemetry.READINGS_MAX)
                .forEach(i -> readings.put("x".repeat(30) + (i + 10), Long.MIN_VALUE));
        Telemetry telemetry = new Telemetry(Long.MAX_VALUE, Samples.MORNING, readings);
        assertThat(telemetry.encode()).hasSizeLessThanOrEqualTo(DeviceResource.TELEMETRY.sizeMax());

        List<MeasuredComponent> components = IntStream.range(0, 16)
                .mapToObj(i -> new MeasuredComponent("x".repeat(30) + (i + 10), "y".repeat(32), Samples.digest(i)))
                .toList();
        Evidence evidence = new Evidence(
                Samples.UEID,
                Samples.CHALLENGE,
                "m".repeat(32),
                Long.MAX_VALUE,
                Long.MAX_VALUE,
                components,
                Samples.digest(0),
                Samples.AGREEMENT.publicKey());
        assertThat(evidence.sign(Samples.SIGNER)).hasSizeLessThanOrEqualTo(DeviceResource.EVIDENCE.sizeMax());

        ProvisioningReport report = new ProvisioningReport(Samples.REGISTRATION, ResultCode.INTERNAL, Long.MAX_VALUE);
        assertThat(report.sign(Samples.SIGNER)).hasSizeLessThanOrEqualTo(DeviceResource.REPORT.sizeMax());
        assertThat(Register.initial(Samples.REGISTRATION, Optional.of(Samples.PCID))
                        .encode())
                .hasSizeLessThanOrEqualTo(DeviceResource.REGISTER.sizeMax());
    }

    @Test
    void whatGoesOverTheAirStaysSmall() {
        // The goal is 5 kB for a whole provisioning, handshake and headers included.
        assertThat(Samples.evidence().sign(Samples.SIGNER)).hasSizeLessThanOrEqualTo(480);
        assertThat(Samples.report().sign(Samples.SIGNER)).hasSizeLessThanOrEqualTo(112);
        assertThat(Register.initial(Samples.REGISTRATION, Optional.of(Samples.PCID))
                        .encode())
                .hasSizeLessThanOrEqualTo(32);
        assertThat(new Mail.Challenge(Samples.REGISTRATION, Samples.CHALLENGE).encode())
                .hasSizeLessThanOrEqualTo(40);
        assertThat(new Verdict(ResultCode.OK).encode()).hasSizeLessThanOrEqualTo(4);
    }
}
