// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab.judges;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.m2me.hal.card.VpcdCardSlot;
import org.m2me.operators.AuthenticationCentre.ApnProfile;
import org.m2me.operators.AuthenticationCentre.Destination;
import org.m2me.operators.PcidRecord;
import org.m2me.operators.ro.icf.IcfSettings;
import org.m2me.operators.ro.icf.InitialConnectivity;
import org.m2me.protocol.aka.AkaAlgorithm;
import org.m2me.protocol.aka.AkaKey;
import org.m2me.protocol.aka.SqnParameters;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.identity.Imsi;
import org.m2me.protocol.identity.Pcid;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;

/**
 * Our USIM in the reader of Debian's pcscd, asked by Debian's eapol_test, authenticates to Debian's hostapd, which has its
 * vectors from our ICF.
 */
@Timeout(300)
class EapAkaIT {
    private static final Pcid PCID = new Pcid(new Imsi("901700000000001"));
    private static final String READER = "-RVirtual PCD";
    private static final String IDENTITY = "901700000000001@wlan.mnc070.mcc901.3gppnetwork.org";

    /** How somebody authenticates who has a USIM. */
    private enum Method {
        AKA("AKA", '0'),
        AKA_PRIME("AKA'", '6');

        /** What hostapd and eapol_test call it. */
        private final String name;

        /** What a permanent identity for it begins with (TS 23.003 19.3.2). */
        private final char mark;

        Method(String name, char mark) {
            this.name = name;
            this.mark = mark;
        }
    }

    @TempDir
    Path directory;

    private final SecureRandom random = new SecureRandom();
    private final AkaKey key = newKey();
    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private PrivateWorld world;
    private InitialConnectivity icf;

    @BeforeEach
    void start() throws Exception {
        DebianDaemon.require("pcscd", "pcscd");
        DebianDaemon.require("hostapd", "hostapd");
        DebianDaemon.require("eapol_test", "eapoltest");
        DebianDaemon.require("python3", "python3");
        Path driver = Path.of("/etc/reader.conf.d/vpcd");
        assumeTrue(Files.exists(driver), driver + " is not there: Debian package vsmartcard-vpcd");
        world = opened(new PrivateWorld(directory));
        try (InputStream passages = Objects.requireNonNull(EapAkaIT.class.getResourceAsStream("passages.py"))) {
            Files.copy(passages, directory.resolve("passages.py"));
        }
        icf = newIcf("home", key);
        insertTheCard(driver);
    }

    @AfterEach
    void stop() throws Exception {
        while (!parts.isEmpty()) {
            parts.pop().close();
        }
    }

    private <T extends AutoCloseable> T opened(T part) {
        parts.push(part);
        return part;
    }

    private AkaKey newKey() {
        return new AkaKey(AkaAlgorithm.MILENAGE, SecretBytes.random(16, random), SecretBytes.random(16, random));
    }

    /** One that never gave a vector: it counts from the beginning. */
    private InitialConnectivity newIcf(String name, AkaKey held) throws IOException, Refused {
        var apn = new ApnProfile("provisioning.ro", List.of(new Destination(17, "127.0.0.1/32", 5684)), 1_000_000);
        InitialConnectivity made = opened(new InitialConnectivity(
                JudgedRole.context(directory.resolve(name), "icf.901-70", random),
                new IcfSettings(List.of(Plmn.parse("901-70")), apn, IcfSettings.SESSIONS_MAX, Optional.empty())));
        Duration lifetime = Duration.ofDays(1);
        made.accept(new PcidRecord(PCID, held, SqnParameters.DEFAULT, JudgedRole.NOW.plus(lifetime)));
        made.activate(PCID, JudgedRole.NOW, JudgedRole.NOW.plus(lifetime));
        return made;
    }

    private void insertTheCard(Path driver) throws Exception {
        DebianDaemon pcscd = world.start("pcscd", "--foreground", "--info", "--config", driver.toString());
        pcscd.awaitSaying("daemon ready");
        CardPassage passage = opened(new CardPassage(directory.resolve("card")));
        world.start("python3", "passages.py", "card");
        SoftDevice device = opened(new SoftDevice(directory.resolve("tre"), PCID.imsi(), key, random));
        opened(new VpcdCardSlot(passage.address()).insert(device.card()));
        pcscd.awaitSaying("Card ATR: ");
    }

    /** hostapd as an EAP server behind RADIUS, and the way from it to the ICF. */
    private EapSimDb serve(Method method, boolean separated) throws Exception {
        EapSimDb vectors = opened(new EapSimDb(directory.resolve("icf"), icf, separated));
        world.start("python3", "passages.py", "auc").awaitSaying("open");
        Files.writeString(directory.resolve("users"), "\"" + method.mark + "\"* " + method.name + "\n");
        Files.writeString(directory.resolve("clients"), "127.0.0.1 radius\n");
        Files.write(
                directory.resolve("hostapd.conf"),
                List.of(
                        "driver=none",
                        "interface=lo",
                        "logger_stdout=-1",
                        "eap_server=1",
                        "eap_user_file=users",
                        "eap_sim_db=unix:auc",
                        "radius_server_clients=clients",
                        "radius_server_auth_port=1812"));
        world.start("hostapd", "-d", "hostapd.conf").awaitSaying("AP-ENABLED");
        return vectors;
    }

    private EapSimDb serve(Method method) throws Exception {
        return serve(method, method == Method.AKA_PRIME);
    }

    /** What a device does with the card in its reader: even its name comes from there. */
    private String authenticate(Method method) throws Exception {
        Files.write(
                directory.resolve("eap.conf"),
                List.of("network={", " key_mgmt=WPA-EAP", " eap=" + method.name, " pcsc=\"\"", "}"));
        DebianDaemon peer = world.start("eapol_test", "-c", "eap.conf", "-p1812", "-sradius", READER);
        int status = peer.awaitEnd();
        String said = peer.said();
        assertThat(status == 0).as(said).isEqualTo(said.endsWith("SUCCESS\n"));
        return said;
    }

    private void assertAuthenticates(Method method) throws Exception {
        assertThat(authenticate(method))
                .as(world::lastWords)
                .endsWith("SUCCESS\n")
                .contains("MPPE keys OK: 1  mismatch: 0")
                .contains("'" + method.mark + IDENTITY + "'");
    }

    @ParameterizedTest
    @EnumSource
    void authenticatesThePcidOfTheCard(Method method) throws Exception {
        EapSimDb vectors = serve(method);

        assertAuthenticates(method);

        assertThat(vectors.resynchronisations()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void countsOnFromWhereTheCardIs(Method method) throws Exception {
        EapSimDb vectors = serve(method);
        assertAuthenticates(method);
        assertAuthenticates(method);
        vectors.ask(newIcf("restored", key));

        assertAuthenticates(method);

        assertThat(vectors.resynchronisations()).isEqualTo(1);
        assertAuthenticates(method);
        assertThat(vectors.resynchronisations()).isEqualTo(1);
    }

    @Test
    void authenticatesToNoHomeThatHasAnotherKeyAndRemembersNothingOfIt() throws Exception {
        EapSimDb vectors = serve(Method.AKA);
        vectors.ask(newIcf("stranger", newKey()));

        assertThat(authenticate(Method.AKA)).contains("MAC != XMAC").endsWith("FAILURE\n");

        vectors.ask(icf);
        assertAuthenticates(Method.AKA);
        assertThat(vectors.resynchronisations()).isZero();
    }

    @Test
    void takesNoVectorsForTheNewMethodThatAreGoodForOldNetworks() throws Exception {
        EapSimDb vectors = serve(Method.AKA_PRIME, false);

        assertThat(authenticate(Method.AKA_PRIME))
                .contains("AMF separation bit not set")
                .endsWith("FAILURE\n");

        assertThat(vectors.refusals()).isEmpty();
    }

    @Test
    void authenticatesNoPcidThatWasReturnedToThePool() throws Exception {
        EapSimDb vectors = serve(Method.AKA_PRIME);
        icf.deactivate(PCID);

        assertThat(authenticate(Method.AKA_PRIME)).endsWith("FAILURE\n");

        assertThat(vectors.refusals()).containsOnly(ResultCode.PCID_NOT_ACTIVE);
    }

    @Test
    void passesTheTestOfACard() throws Exception {
        DebianDaemon peer = world.start("eapol_test", READER, "scard");

        assertThat(peer.awaitEnd()).as(peer.said()).isZero();

        assertThat(peer.said())
                .contains("3G USIM app found from EF_DIR record 1", "MNC length=2", "UMTS auth failed - MAC != XMAC")
                .containsPattern("(1" + PCID + "(,\\p{XDigit}+){3}\n){5}"); // SRES and Kc of the GSM context
    }
}
