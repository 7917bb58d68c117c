// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab.judges;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.StringJoiner;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.m2me.protocol.aka.AuthenticationVector;
import org.m2me.protocol.crypto.SecretBytes;

/** Debian's oFono drives the emulated modem, and through it authenticates the soft USIM. */
@Timeout(300)
class OfonoIT {
    private static final String OFONO = "org.ofono";
    private static final String MODEM = "/phonesim";
    private static final String USIM = MODEM + "/A0000000871002FFFFFFFF8903050001";
    private static final String ISIM = MODEM + "/A0000000871004FFFFFFFF8903050001";

    @TempDir
    private Path directory = Path.of("");

    private JudgedModem modem;
    private PrivateBus bus;

    @BeforeEach
    void start() throws IOException, InterruptedException {
        DebianDaemon.require("ofonod", "ofono");
        modem = new JudgedModem();
        bus = new PrivateBus(directory);
        Path configuration = directory.resolve("phonesim.conf");
        Files.writeString(configuration, "[phonesim]\nAddress=127.0.0.1\nPort=" + modem.port() + "\n");
        bus.start("OFONO_AT_DEBUG=1", "OFONO_PHONESIM_CONFIG=" + configuration, "ofonod", "-n", "-d", "-P", "udev*");
        bus.await("oFono", () -> set("Powered").status() == 0);
        bus.await("the radio", () -> set("Online").status() == 0);
        bus.await("the card", () -> applications().contains("'USim'"));
    }

    @AfterEach
    void stop() throws Exception {
        if (bus != null) {
            bus.close();
        }
        if (modem != null) {
            modem.stop();
        }
    }

    private PrivateBus.Output set(String property) throws IOException, InterruptedException {
        return bus.call(OFONO, MODEM, "org.ofono.Modem.SetProperty", property, "<true>");
    }

    private String applications() throws IOException, InterruptedException {
        return bus.call(OFONO, MODEM, "org.ofono.SimAuthentication.GetApplications")
                .text();
    }

    private String registration() throws IOException, InterruptedException {
        return bus.call(OFONO, MODEM, "org.ofono.NetworkRegistration.GetProperties")
                .text();
    }

    private PrivateBus.Output authenticate(String object, String method, byte[] rand, byte[] autn)
            throws IOException, InterruptedException {
        return bus.call(OFONO, object, "org.ofono." + method, array(rand), array(autn));
    }

    private static String array(byte[] bytes) {
        StringJoiner text = new StringJoiner(", ", "@ay [", "]");
        for (byte b : bytes) {
            text.add("0x" + HexFormat.of().toHexDigits(b));
        }
        return text.toString();
    }

    private static byte[] field(String name, String answer) {
        Matcher found = Pattern.compile("'" + name + "': \\[(?:byte )?([^]]*)]").matcher(answer);
        assertThat(found.find()).as("%s in %s", name, answer).isTrue();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (String one : found.group(1).split(", ", -1)) {
            bytes.write(Integer.decode(one));
        }
        return bytes.toByteArray();
    }

    private static byte[] shown(SecretBytes secret) {
        return secret.use(byte[]::clone);
    }

    @ParameterizedTest
    @CsvSource({ISIM + ", ISimApplication.ImsAuthenticate", USIM + ", USimApplication.UmtsAuthenticate"})
    void getsTheResponseAndTheKeysOfTheSoftUsim(String object, String method) throws Exception {
        try (AuthenticationVector vector = modem.nextVector()) {
            PrivateBus.Output answer = authenticate(object, method, vector.rand(), vector.autn());

            assertThat(answer.status()).as(answer.text()).isZero();
            assertThat(field("RES", answer.text())).isEqualTo(shown(vector.xres()));
            assertThat(field("CK", answer.text())).isEqualTo(shown(vector.ck()));
            assertThat(field("IK", answer.text())).isEqualTo(shown(vector.ik()));
        }
    }

    @Test
    void isToldTheSequenceNumberWhenAChallengeComesTwice() throws Exception {
        try (AuthenticationVector vector = modem.nextVector()) {
            authenticate(ISIM, "ISimApplication.ImsAuthenticate", vector.rand(), vector.autn());
            PrivateBus.Output again =
                    authenticate(ISIM, "ISimApplication.ImsAuthenticate", vector.rand(), vector.autn());

            byte[] auts = field("AUTS", again.text());
            assertThat(modem.sqnIn(auts, vector.rand())).hasValue(modem.lastSqn());
        }
    }

    @Test
    void getsNothingForAChallengeThatTheHomeDidNotMake() throws Exception {
        try (AuthenticationVector vector = modem.nextVector()) {
            byte[] autn = vector.autn().clone();
            autn[15] ^= 1;
            PrivateBus.Output answer = authenticate(ISIM, "ISimApplication.ImsAuthenticate", vector.rand(), autn);

            assertThat(answer.status()).isNotZero();
            assertThat(answer.text()).contains("org.ofono.Error.").doesNotContain("RES");
        }
    }

    @Test
    void findsTheModemRegistered() throws Exception {
        bus.await("the registration", () -> registration().contains("'roaming'"));

        assertThat(registration()).contains("'MobileCountryCode': <'262'>", "'MobileNetworkCode': <'42'>");
        assertThat(bus.call(OFONO, MODEM, "org.ofono.SimManager.GetProperties").text())
                .contains("'SubscriberIdentity': <'" + JudgedModem.IMSI + "'>");
        assertThat(bus.call(OFONO, MODEM, "org.ofono.Modem.GetProperties").text())
                .contains("'Serial': <'" + JudgedModem.IMEI + "'>");
    }
}
