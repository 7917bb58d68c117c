// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.gsup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.m2me.protocol.aka.AkaAlgorithm;
import org.m2me.protocol.aka.AkaKey;
import org.m2me.protocol.aka.AuthenticationVector;
import org.m2me.protocol.aka.SqnArray;
import org.m2me.protocol.aka.SqnParameters;
import org.m2me.protocol.aka.UsimAuthentication;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.identity.Imsi;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.radio.MalformedException;

/** Against the frames that osmo-hlr and osmo-sgsn exchanged with others. */
class GsupCodecTest {
    private static final Imsi IMSI = new Imsi("901700000000001");
    private static final HexFormat HEX = HexFormat.of();

    static List<RecordedFrames.Recorded> recorded() throws IOException {
        return RecordedFrames.all();
    }

    static Stream<GsupMessage> messages() throws IOException {
        Stream.Builder<GsupMessage> messages = Stream.builder();
        for (RecordedFrames.Recorded recorded : RecordedFrames.all()) {
            if (recorded.frame().kind() == IpaFrame.Kind.GSUP) {
                messages.add(GsupMessage.decode(recorded.frame().content()));
            }
        }
        return messages.build();
    }

    @ParameterizedTest
    @MethodSource("recorded")
    void writesEveryRecordedFrameAsItWas(RecordedFrames.Recorded recorded) throws IOException {
        IpaFrame frame = recorded.frame();
        byte[] content = frame.kind() == IpaFrame.Kind.GSUP
                ? GsupMessage.decode(frame.content()).encode()
                : Ccm.decode(frame.content()).encode();

        assertThat(new IpaFrame(frame.kind(), content).encode()).isEqualTo(recorded.octets());
    }

    @Test
    void readsVectorsThatTheCardAccepts() throws IOException {
        AkaKey key = new AkaKey(
                AkaAlgorithm.MILENAGE,
                SecretBytes.copyOf(HEX.parseHex("465b5ce8b199b49faa5f0a2ee238a6bc")),
                SecretBytes.copyOf(HEX.parseHex("cd63cb71954a9f4e48a5994e37a02baf")));
        List<AuthenticationVector> vectors =
                messages().flatMap(message -> message.vectors().stream()).toList();

        assertThat(vectors).hasSize(30);
        for (AuthenticationVector vector : vectors) {
            var answer = UsimAuthentication.answer(
                    key.functions(), SqnArray.fresh(SqnParameters.DEFAULT), vector.rand(), vector.autn());
            var secrets = ((UsimAuthentication.Answer.Success) answer).secrets();
            assertThat(vector.xres().sameAs(secrets.res())).isTrue();
            assertThat(vector.ck().sameAs(secrets.ck())).isTrue();
            assertThat(vector.ik().sameAs(secrets.ik())).isTrue();
        }
    }

    @Test
    void readsTheAccessPointsOfBothHomes() throws IOException {
        List<String> named = messages()
                .flatMap(message -> message.all(GsupTag.PDP_INFO).stream())
                .map(content -> {
                    try {
                        return PdpInfo.read(content).apn();
                    } catch (MalformedException e) {
                        return e.getMessage();
                    }
                })
                .distinct()
                .toList();

        assertThat(named).containsExactly(PdpInfo.ANY, "provisioning.ro");
    }

    @Test
    void namesARestrictedAccessPointAsOthersDo() {
        GsupElement element = new PdpInfo(1, "provisioning.ro").element();

        assertThat(element)
                .isEqualTo(GsupMessage.plain(
                        GsupTag.PDP_INFO, Opaque.hex("1001011102f12112100c70726f766973696f6e696e6702726f")));
        assertThat(new PdpInfo(1, PdpInfo.ANY).element()).isNotEqualTo(element);
    }

    @Test
    void knowsAClientByItsSerialNumber() throws IOException {
        Ccm identity = Ccm.decode(recorded().get(1).frame().content());

        assertThat(identity.type()).isEqualTo(Ccm.Type.IDENTITY_RESPONSE);
        assertThat(identity.names())
                .containsEntry(Ccm.SERIAL_NUMBER, "SGSN-00-00-00-00-00-00")
                .containsEntry(8, "0/0/0");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "08",
                "0801",
                "08010809710000000000", // IMSI cut off
                "080109097100000000000000", // 18 digits
                "08280101", // IMSI is not first
                "77010809710000000000f1", // no such type
                "08010809710000000000f12800", // CN domain without content
                "08010809710000000000f1280101280101", // twice
                "08010809710000000000f1260102", // AUTS of one octet
                "08010809710000000000f128", // no length
                "0a010809710000000000f1030620041122334455" // a tuple without a quintet
            })
    void refusesWhatIsNoMessage(String octets) {
        assertThatExceptionOfType(MalformedException.class).isThrownBy(() -> GsupMessage.decode(HEX.parseHex(octets)));
    }

    @Test
    void skipsElementsThatItDoesNotKnow() throws IOException {
        GsupMessage message = GsupMessage.decode(HEX.parseHex("0c010809710000000000f109007e021122280101"));

        assertThat(message.imsi()).isEqualTo(IMSI);
        assertThat(message.octet(GsupTag.CN_DOMAIN)).contains(1);
    }

    @Test
    void canStillSayNoToARequestWhoseRestIsWrong() {
        GsupMessage.Head head =
                GsupMessage.head(HEX.parseHex("30010809710000000000f15001")).orElseThrow();

        assertThat(GsupMessage.refusal(head)).isEqualTo(HEX.parseHex("31010809710000000000f1020161"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0000fe", "0802ee05", "000100" + "00", "0001ee06", "000fdd05"})
    void refusesFramesThatAreEmptyTooLongOrOfAnotherProtocol(String octets) {
        byte[] padded = Arrays.copyOf(HEX.parseHex(octets), 4096);
        assertThatExceptionOfType(MalformedException.class)
                .isThrownBy(() -> IpaFrame.read(new ByteArrayInputStream(padded)));
    }

    @Test
    void noticesAFrameThatIsCutOff() {
        byte[] cut = HEX.parseHex("000fee05080108");
        assertThatExceptionOfType(EOFException.class).isThrownBy(() -> IpaFrame.read(new ByteArrayInputStream(cut)));
    }

    @Test
    void throwsNothingElseWhateverIsChanged() throws IOException {
        Random random = new Random(20261122);
        for (RecordedFrames.Recorded recorded : RecordedFrames.all()) {
            for (int i = 0; i < 300; i++) {
                byte[] octets = recorded.octets().clone();
                for (int change = random.nextInt(4); change >= 0; change--) {
                    octets[random.nextInt(octets.length)] = (byte) random.nextInt(256);
                }
                read(Arrays.copyOf(octets, octets.length - random.nextInt(3)));
            }
        }
    }

    private static void read(byte[] octets) throws IOException {
        try {
            IpaFrame frame = IpaFrame.read(new ByteArrayInputStream(octets));
            if (frame.kind() == IpaFrame.Kind.CCM) {
                assertThat(Ccm.decode(frame.content()).type()).isNotNull();
                return;
            }
            try (GsupMessage message = GsupMessage.decode(frame.content())) {
                assertThat(message.encode()).isNotEmpty();
                assertThat(GsupHome.accessPoints(message)).isNotNull();
            }
        } catch (MalformedException | EOFException expected) {
            assertThat(expected.getMessage()).matches("(GSUP|IPA|CCM|APN): .*");
        }
    }

    @Test
    void showsNoSecrets() throws IOException {
        GsupMessage answer = messages()
                .filter(message -> !message.vectors().isEmpty())
                .findFirst()
                .orElseThrow();

        assertThat(answer.toString()).doesNotContain("1af28a802f28b4f7").doesNotContain("2c1c5bc8");
    }
}
