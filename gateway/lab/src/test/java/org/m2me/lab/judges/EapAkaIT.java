// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab.judges;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
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
    private static final String AKA = "AKA";
    private static final String AKA_PRIME = "AKA'";
    private static final int VPCD_PORT = 35963; // of its first slot
    private static final String IDENTITY = "901700000000001@wlan.mnc070.mcc901.3gppnetwork.org"; // TS 23.003 19.3.2

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
        DebianDaemon.require("socat", "socat");
        Path driver = Path.of("/etc/reader.conf.d/vpcd");
        assumeTrue(Files.exists(driver), driver + " is not there: Debian package vsmartcard-vpcd");
        world = opened(new PrivateWorld(directory));
        icf = newIcf("icf", key);
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
        world.start("socat", "UNIX-CONNECT:card", "TCP:127.0.0.1:" + VPCD_PORT);
        SoftDevice device = opened(new SoftDevice(directory.resolve("tre"), PCID.imsi(), key, random));
        opened(new VpcdCardSlot(passage.address()).insert(device.card()));
        pcscd.awaitSaying("Card ATR: ");
    }

    /** hostapd as an EAP server behind RADIUS, and the way from it to the ICF. */
    private EapSimDb serve(String method) throws Exception {
        EapSimDb vectors = opened(new EapSimDb(directory.resolve("icf.socket"), icf, method.equals(AKA_PRIME)));
        // One child at a time, or a question would overtake the AUTS that came before it.
        world.start("socat", "UNIX-RECVFROM:auc,fork,max-children=1", "UNIX-CONNECT:icf.socket");
        Files.write(directory.resolve("users"), List.of("\"0\"* AKA", "\"6\"* AKA'"));
        Files.write(directory.resolve("clients"), List.of("127.0.0.1 radius"));
        Files.write(
                directory.resolve("hostapd.conf"),
                List.of(
                        "driver=none",
                        "interface=lo",
                        "logger_stdout=-1",
                        "eap_server=1",
                        "eap_user_file=users",
                        "eap_sim_db=unix:auc",
                        "eap_sim_aka_result_ind=1",
                        "radius_server_clients=clients",
                        "radius_server_auth_port=1812"));
        world.start("hostapd", "-d", "hostapd.conf").awaitSaying("AP-ENABLED");
        return vectors;
    }

    private record Result(int status, String said) {}

    /** What a device does with the card in its reader; its name comes from the card as well. */
    private Result authenticate(String method) throws Exception {
        Files.write(
                directory.resolve("eap.conf"),
                List.of("network={", " key_mgmt=WPA-EAP", " eap=" + method, " pcsc=\"\"", "}"));
        DebianDaemon peer = world.start("eapol_test", "-c", "eap.conf", "-p1812", "-sradius", "-RVirtual PCD");
        return new Result(peer.awaitEnd(), peer.said());
    }

    private void assertAuthenticates(String method) throws Exception {
        Result result = authenticate(method);
        assertThat(result.status()).as(result.said()).isZero();
        assertThat(result.said()).endsWith("SUCCESS\n").contains("MPPE keys OK: 1  mismatch: 0");
    }

    private void assertIsRefused(String method) throws Exception {
        Result result = authenticate(method);
        assertThat(result.status()).isNotZero();
        assertThat(result.said()).endsWith("FAILURE\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {AKA, AKA_PRIME})
    void authenticatesThePcidOfTheCard(String method) throws Exception {
        EapSimDb vectors = serve(method);

        assertAuthenticates(method);

        assertThat(vectors.resynchronisations()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {AKA, AKA_PRIME})
    void countsOnFromWhereTheCardIs(String method) throws Exception {
        EapSimDb vectors = serve(method);
        for (int i = 0; i < 2; i++) {
            assertAuthenticates(method);
        }
        vectors.ask(newIcf("restored", key));

        assertAuthenticates(method);

        assertThat(vectors.resynchronisations()).isEqualTo(1);
        assertAuthenticates(method);
        assertThat(vectors.resynchronisations()).isEqualTo(1);
    }

    @Test
    void authenticatesNobodyToAHomeThatDoesNotHaveTheKey() throws Exception {
        EapSimDb vectors = serve(AKA);
        vectors.ask(newIcf("stranger", newKey()));

        assertIsRefused(AKA);

        assertThat(vectors.resynchronisations()).isZero();
        vectors.ask(icf);
        assertAuthenticates(AKA);
    }

    @Test
    void authenticatesNoPcidThatWasReturnedToThePool() throws Exception {
        EapSimDb vectors = serve(AKA_PRIME);
        icf.deactivate(PCID);

        assertIsRefused(AKA_PRIME);

        assertThat(vectors.refusals()).containsOnly(ResultCode.PCID_NOT_ACTIVE);
    }
}
