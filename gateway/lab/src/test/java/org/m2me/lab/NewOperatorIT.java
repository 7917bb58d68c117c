// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.m2me.lab.device.DeviceRun;
import org.m2me.lab.fault.Expected;
import org.m2me.lab.fault.Invariants;
import org.m2me.lab.network.LabSettings;
import org.m2me.operators.Sho.Standing;
import org.m2me.operators.pva.AppraisalPolicy;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.message.OwnerSecret;
import org.m2me.protocol.pki.Certificate;

/**
 * What identifies the old operator does not come to the new one: every byte that its role receives is searched, off the
 * sockets, of requests to it and of answers to its own, headers and bodies. Every role is by itself: where some go
 * together they say less over the wire, not more.
 */
@Tag("long")
@Execution(ExecutionMode.CONCURRENT)
class NewOperatorIT {
    /** Strings in JSON that can stand for bytes: hex, or Base64. */
    private static final Pattern ENCODED = Pattern.compile("\"([0-9A-Za-z+/_-]{4,}={0,2})\"");

    /** Who tells the new operator anything. Its own network and its own staff are not strangers, and are heard as well. */
    private static final List<String> SPEAKERS = List.of(
            "requests of subscriber.fleet",
            "requests of drf.901-70",
            "requests of dpf.901-70",
            "requests of vno.262-02",
            "answers of drf.901-70",
            "answers of dpf.901-70",
            "answers of ivf",
            "answers of pva",
            "answers of regulator");

    @TempDir
    Path directory;

    @ParameterizedTest
    @EnumSource(ChangeWay.class)
    void hearsNothingThatIdentifiesTheOldOne(ChangeWay way) throws Exception {
        Tap tap = new Tap("sho." + LabSettings.OTHER);
        Options options = Options.with().devices(1).change(Optional.of(way)).make();
        try (LabHarness lab = new LabHarness(options, directory.resolve("lab"), tap)) {
            DeviceRun run = lab.place(0).get(0);
            lab.works(run, LabHarness.DEVICE_LIMIT);
            Standing old = lab.lab
                    .network()
                    .operator(LabSettings.HOME)
                    .registrations(run.device().ueid())
                    .get(0);
            assertThat(lab.secondAct(run, way)).contains("device 1: is a subscriber of 262-02 after");
            Invariants invariants = new Invariants(lab.lab.network(), Clock.systemUTC());
            int last = way.orders().size() - 1;
            assertThat(invariants.settle(
                            List.of(Expected.after(run, way.orders().get(last)))))
                    .isEmpty();

            assertThat(invariants.secrecy()).isEmpty();
            List<Tap.Told> told = tap.told();
            assertThat(told)
                    .extracting(Tap.Told::what)
                    .containsAll(SPEAKERS)
                    .noneMatch(what -> what.contains("262-01"));
            String device = run.device().ueid().hex();
            assertThat(told).anyMatch(one -> text(one.bytes()).contains(device));
            assertThat(told) // what is encoded is read: the PVA's signed result
                    .filteredOn(one -> one.what().equals("answers of ivf"))
                    .anyMatch(one -> decoded(text(one.bytes())).stream()
                            .anyMatch(bytes -> bytes.contains(AppraisalPolicy.BASELINE.id())));
            List<byte[]> marks = marks(lab, run, old);
            for (Tap.Told one : told) {
                assertNamesNobody(one.what(), text(one.bytes()), old, marks);
            }
        }
    }

    /** Bytes that are the old operator's alone, or that it gave or was given. */
    private List<byte[]> marks(LabHarness lab, DeviceRun run, Standing old) throws IOException {
        Path consoles = Files.createDirectories(directory.resolve("consoles"));
        lab.lab.network().writeConsoleFiles(consoles);
        String pem = Files.readString(consoles.resolve("sho.pem")).replaceAll("-----[^\n]*-----", "");
        Certificate certificate =
                Certificate.parse(Base64.getMimeDecoder().decode(pem.getBytes(StandardCharsets.US_ASCII)));
        assertThat(certificate.commonName()).isEqualTo("sho.262-01");
        byte[] plmn = new byte[] {0x43, 0, 0, 0}; // as a CBOR byte string
        System.arraycopy(LabSettings.HOME.bytes(), 0, plmn, 1, 3);
        Opaque secret = run.device().made().ownerToken();
        List<byte[]> marks = new ArrayList<>(List.of(
                certificate.der(),
                certificate.publicKey().compressed(),
                plmn,
                old.registration().bytes(),
                imsiAsOnTheAir(old.imsi().orElseThrow().digits()),
                secret.bytes()));
        try (SecretBytes owners = SecretBytes.takeFrom(secret.bytes())) {
            marks.add(OwnerSecret.operatorToken(owners, LabSettings.HOME).bytes());
        }
        return marks;
    }

    private static void assertNamesNobody(String what, String said, Standing old, List<byte[]> marks) {
        assertThat(said.toLowerCase(Locale.ROOT)).as(what).doesNotContain("chunked", "content-encoding");
        assertThat(Pattern.compile("(?<!\\d)262[-.]0*1(?!\\d)").matcher(said).results())
                .as("%s: the PLMN in %s", what, said)
                .isEmpty();
        assertThat(Pattern.compile("(?<![0-9A-Za-z+/])26201\\d*(?![0-9A-Za-z+/=])")
                        .matcher(said)
                        .results())
                .as("%s: PLMN or IMSI, and not within random hex, in %s", what, said)
                .isEmpty();
        assertThat(said.toLowerCase(Locale.ROOT))
                .as(what)
                .doesNotContain(
                        "mnc001.mcc262",
                        "mnc01.mcc262",
                        old.registration().toString(),
                        old.imsi().orElseThrow().digits());
        List<String> places = decoded(said);
        places.add(said);
        for (String place : places) {
            for (byte[] mark : marks) {
                assertThat(place).as("%s: in %s", what, said).doesNotContain(text(mark));
            }
        }
        for (String place : decoded(said)) {
            assertThat(place).as("%s: encoded in %s", what, said).doesNotContain("262-01", "262.01", "26201");
        }
    }

    /** Every string in JSON, as the bytes that it may stand for. */
    private static List<String> decoded(String said) {
        List<String> all = new ArrayList<>();
        Matcher strings = ENCODED.matcher(said);
        while (strings.find()) {
            String one = strings.group(1);
            if (one.length() % 2 == 0 && one.matches("[0-9A-Fa-f]+")) {
                all.add(text(HexFormat.of().parseHex(one)));
            }
            String base64 = one.replace("=", "").replace('-', '+').replace('_', '/');
            if (base64.length() % 4 != 1) {
                all.add(text(Base64.getDecoder().decode(base64)));
            }
        }
        return all;
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /** TS 24.008 10.5.1.4, without its head: digits in pairs, the lower first. */
    private static byte[] imsiAsOnTheAir(String digits) {
        byte[] packed = new byte[digits.length() / 2];
        for (int i = 0; i < packed.length; i++) {
            packed[i] = (byte) ((digits.charAt(2 * i + 2) - '0') << 4 | (digits.charAt(2 * i + 1) - '0'));
        }
        return packed;
    }
}
