// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.radio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.m2me.protocol.identity.Imsi;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Plmn;

class RadioCodecTest {
    private static final RoutingArea AREA = new RoutingArea(new Plmn("262", "42"), 0x0017, 0x01);
    private static final MobileIdentity IMSI = MobileIdentity.imsi(new Imsi("901700000000001"));
    private static final MobileIdentity IMEI = MobileIdentity.imei("352099001761481");
    private static final MobileIdentity IMEISV = new MobileIdentity(MobileIdentity.Kind.IMEISV, "3520990017614801");
    private static final Opaque RAND = Opaque.hex("53ef47e5a24aaf4723d81b9d71deccfe");
    private static final Opaque AUTN = Opaque.hex("7716b94404730000d2a853ee15be2346");
    private static final Opaque AUTS = Opaque.hex("0102030405060708090a0b0c0d0e");
    private static final TunnelEndpoint TUNNEL = new TunnelEndpoint(2152, 0xdeadbeefL);

    /** What a mobile sent: the first six as recorded with osmo-sgsn 1.9.0, the others by the layout it accepted. */
    static Stream<Object[]> uplink() {
        return Stream.of(
                row(
                        "080102e5e0710a0008991007000000001062f22400170103171342",
                        new RadioMessage.AttachRequest(IMSI, AREA)),
                row("0816083a25900910674118", new RadioMessage.IdentityResponse(IMEI)),
                row(
                        "08130d221af28a8023093325900910674108f129042f28b4f7",
                        new RadioMessage.AuthenticationResponse(
                                13, Opaque.hex("1af28a802f28b4f7"), Optional.of(IMEISV))),
                row("0803", new RadioMessage.AttachComplete()),
                row(
                        "0805011805f4cfbc6a50",
                        new RadioMessage.DetachRequest(false, Optional.of(MobileIdentity.tmsi(0xcfbc6a50L)))),
                row("0806", new RadioMessage.NetworkDetachAccept()),
                row("081c14", new RadioMessage.AuthenticationFailure(20, Optional.empty())),
                row("081c15300e" + AUTS.hex(), new RadioMessage.AuthenticationFailure(21, Optional.of(AUTS))),
                row(
                        "0a41050303000000020121" + "28100c70726f766973696f6e696e6702726f"
                                + "270d80ff000900f1100868deadbeef",
                        new RadioMessage.ActivateRequest(0, new Apn("provisioning.ro"), TUNNEL)),
                row("0a4624", new RadioMessage.DeactivateRequest(0, SmCause.REGULAR_DEACTIVATION.number())),
                row("1a47", new RadioMessage.NetworkDeactivateAccept(1)));
    }

    static Stream<Object[]> downlink() throws IOException {
        return Stream.of(
                row("081502", new RadioMessage.IdentityRequest(MobileIdentity.Kind.IMEI)),
                row(
                        "081210d021" + RAND.hex() + "802810" + AUTN.hex(),
                        new RadioMessage.AuthenticationRequest(13, true, RAND, AUTN)),
                row("0802012a4462f22400170117161805f4cfbc6a50", new RadioMessage.AttachAccept(AREA, 0xcfbc6a50L)),
                row("0814", new RadioMessage.AuthenticationReject()),
                row("080402", new RadioMessage.AttachReject(GmmCause.IMSI_UNKNOWN.number())),
                row("0805022507", new RadioMessage.NetworkDetach(false, GmmCause.GPRS_NOT_ALLOWED.number())),
                row("080600", new RadioMessage.DetachAccept()),
                row(
                        "8a42030323421f042b0601210a630002270d80ff000900f1100868deadbeef",
                        new RadioMessage.ActivateAccept(0, address("10.99.0.2"), TUNNEL)),
                row("8a4321", new RadioMessage.ActivateReject(0, SmCause.NOT_SUBSCRIBED.number())),
                row("ea4608", new RadioMessage.NetworkDeactivate(6, SmCause.BARRED.number())),
                row("8a47", new RadioMessage.DeactivateAccept(0)));
    }

    private static Object[] row(String hex, RadioMessage message) {
        return new Object[] {hex, message};
    }

    private static Inet4Address address(String text) throws IOException {
        return (Inet4Address) InetAddress.getByName(text);
    }

    @ParameterizedTest
    @MethodSource("uplink")
    void readsAndWritesWhatAMobileSays(String hex, RadioMessage message) throws IOException {
        assertThat(Opaque.of(message.encode()).hex()).isEqualTo(hex);
        assertThat(RadioCodec.decodeUplink(Opaque.hex(hex).bytes())).isEqualTo(message);
    }

    @ParameterizedTest
    @MethodSource("downlink")
    void readsAndWritesWhatANetworkSays(String hex, RadioMessage message) throws IOException {
        assertThat(Opaque.of(message.encode()).hex()).isEqualTo(hex);
        assertThat(RadioCodec.decodeDownlink(Opaque.hex(hex).bytes())).isEqualTo(message);
    }

    @Test
    void keepsAnImsiOfFourteenDigitsAndAMncOfThree() throws IOException {
        var request = new RadioMessage.AttachRequest(
                MobileIdentity.imsi(new Imsi("31041000000000")), new RoutingArea(new Plmn("310", "410"), 1, 2));
        assertThat(RadioCodec.decodeUplink(request.encode())).isEqualTo(request);
    }

    @Test
    void skipsOptionalElementsThatNobodyAsksFor() throws IOException {
        byte[] reject = Opaque.hex("080411" + "2a0121").bytes();
        assertThat(RadioCodec.decodeDownlink(reject)).isEqualTo(new RadioMessage.AttachReject(17));
        byte[] otherOperatorsContainer = Opaque.hex("8a42030323421f042b0601210a630002" + "271980" + "000d0408080808"
                        + "ff00020123" + "ff000900f1100868deadbeef")
                .bytes();
        assertThat(RadioCodec.decodeDownlink(otherOperatorsContainer))
                .isEqualTo(new RadioMessage.ActivateAccept(0, address("10.99.0.2"), TUNNEL));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "08", // no message type
                "0801", // nothing of an attach
                "080102e5e0710a0009991007000000001062f22400170103171342", // identity longer than told
                "080102e5e0710a0008991007000000001062f2240017010317", // cut in the capability
                "080102e5e0710a0008991007000000a01062f22400170103171342", // a digit that is none
                "080102e5e0740a0008991007000000001062f22400170103171342", // emergency attach
                "080102e5e0710a00089f1007000000001062f22400170103171342", // identity of an unknown type
                "080302", // an element without a length
                "08130d23093325900910674108f1", // no RES
                "08130d22010203042201020304", // RES twice
                "08130d2201020304290d01020304050607080910111213", // RES of 17
                "081c15", // synch failure without AUTS
                "081c15300d0102030405060708090a0b0c0d", // AUTS too short
                "0a41060303000000020121" + "28030261" + "62", // NSAPI of another transaction
                "0a41050303000000020157" + "2803026162", // IPv6
                "0a4105030300000002012128030261" + "62", // no tunnel
                "0a41050303000000020121" + "2803052e2e" + "270d80ff000900f1100868deadbeef", // label beyond the APN
                "0a41050303000000020121" + "2803022e2e" + "270d80ff000900f1100868deadbeef", // dots in a label
                "0a41050303000000020121" + "2803026162" + "270d80ff000900f1100868" + "00000000", // TEID 0
                "0a41050303000000020121" + "2803026162" + "270d80ff000900f1100000deadbeef", // port 0
                "0a41050303000000020121" + "2803026162" + "270e80ff000900f1100868deadbeefaa", // half a container
                "7a4624", // transaction 7
                "8a4624", // as if from the network
                "0ac0", // no such message
                "054624" // another protocol
            })
    void refusesWhatIsNotAMessage(String hex) {
        assertThatExceptionOfType(MalformedException.class)
                .isThrownBy(() -> RadioCodec.decodeUplink(Opaque.hex(hex).bytes()))
                .withMessageContaining("at octet");
    }

    @Test
    void neverFailsInAnotherWayThanMalformed() {
        Random random = new Random(33812);
        List<byte[]> seeds =
                uplink().map(row -> Opaque.hex((String) row[0]).bytes()).toList();
        int read = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] frame = seeds.get(random.nextInt(seeds.size())).clone();
            for (int flips = random.nextInt(4); flips >= 0; flips--) {
                frame[random.nextInt(frame.length)] = (byte) random.nextInt(256);
            }
            frame = Arrays.copyOf(frame, random.nextInt(frame.length + 3));
            read += readable(frame) ? 1 : 0;
        }
        assertThat(read).isPositive();
    }

    private static boolean readable(byte[] frame) {
        boolean any = false;
        try {
            any |= RadioCodec.decodeUplink(frame).encode().length > 0;
        } catch (MalformedException expected) {
            assertThat(expected).hasMessageContaining(":");
        }
        try {
            any |= RadioCodec.decodeDownlink(frame).encode().length > 0;
        } catch (MalformedException expected) {
            assertThat(expected).hasMessageContaining(":");
        }
        try {
            any |= Association.decode(frame).encode().length > 0;
        } catch (MalformedException expected) {
            assertThat(expected).hasMessageContaining(":");
        }
        return any;
    }

    @Test
    void framesMessagesAndRefusesALengthThatNobodyMeans() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Frames.write(out, new byte[] {8, 3});
        Frames.write(out, new byte[] {8, 6});
        ByteArrayInputStream in = new ByteArrayInputStream(out.toByteArray());
        assertThat(Frames.read(in)).containsExactly(8, 3);
        assertThat(Frames.read(in)).containsExactly(8, 6);
        assertThatExceptionOfType(EOFException.class).isThrownBy(() -> Frames.read(in));
        for (String length : List.of("0000", "05f1", "ffff")) {
            var hostile = new ByteArrayInputStream(Opaque.hex(length).bytes());
            assertThatExceptionOfType(MalformedException.class).isThrownBy(() -> Frames.read(hostile));
        }
    }

    @Test
    void carriesAnAssociationWithItsDhcpOptions() throws IOException {
        var join = new Association.Join("02:00:00:00:00:01", TUNNEL);
        var joined = new Association.Joined(
                address("192.168.77.20"), TUNNEL, Map.of(224, "coaps://127.0.0.1:5684", 15, "ro.example"));
        assertThat(Association.decode(join.encode())).isEqualTo(join);
        assertThat(Association.decode(joined.encode())).isEqualTo(joined);
        assertThat(Association.decode(new Association.Rejected("full").encode()))
                .isEqualTo(new Association.Rejected("full"));
    }

    @Test
    void refusesTextThatIsNotUtf8() {
        for (String hex : List.of("0301ff", "020a010203" + "0868deadbeef" + "e001ff" + "ff")) {
            assertThatExceptionOfType(MalformedException.class)
                    .isThrownBy(() -> Association.decode(Opaque.hex(hex).bytes()))
                    .withMessageContaining("is not UTF-8");
        }
    }
}
