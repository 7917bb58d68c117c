// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab.judges;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.m2me.hal.emulated.Radio;
import org.m2me.lab.radio.TcpRadio;
import org.m2me.operators.AuthenticationCentre.ApnProfile;
import org.m2me.operators.AuthenticationCentre.Destination;
import org.m2me.operators.Peers;
import org.m2me.operators.access.AccessLimits;
import org.m2me.operators.access.HomeRoute;
import org.m2me.operators.vno.Vno;
import org.m2me.operators.vno.VnoSettings;
import org.m2me.protocol.aka.AkaAlgorithm;
import org.m2me.protocol.aka.AkaKey;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.identity.Imsi;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.radio.GmmCause;

/** Our visited network asks Debian's osmo-hlr for vectors, and our USIM accepts them. */
class OsmoHlrIT {
    private static final Plmn HOME = Plmn.parse("901-70");
    private static final Imsi PCID = new Imsi("901700000000001");
    private static final Radio.Network NETWORK = new Radio.Network("26242", "VNO", -71);
    private static final String IMEI = "352099001761481";
    private static final String APN = "provisioning.ro";
    private static final int GSUP_PORT = 4222; // it has no setting for it
    private static final int VTY_PORT = 4258; // nor for this one
    private static final HexFormat HEX = HexFormat.of();

    @TempDir
    Path directory;

    private final SecureRandom random = new SecureRandom();
    private final String address = DebianDaemon.ownLoopback(random);
    private final AkaKey key =
            new AkaKey(AkaAlgorithm.MILENAGE, SecretBytes.random(16, random), SecretBytes.random(16, random));
    private DebianDaemon hlr;
    private Vty vty;
    private SoftDevice device;
    private Vno vno;

    @BeforeEach
    void start() throws Exception {
        DebianDaemon.require("osmo-hlr", "osmo-hlr");
        Path home = Files.createDirectories(directory.resolve("hlr"));
        Files.write(
                home.resolve("hlr.cfg"),
                List.of(
                        "log stderr",
                        " logging filter all 1",
                        " logging color 0",
                        " logging level set-all info",
                        "line vty",
                        " no login",
                        " bind " + address,
                        "ctrl",
                        " bind " + address,
                        "hlr",
                        " gsup",
                        "  bind ip " + address));
        DebianDaemon.run(home, "osmo-hlr-db-tool", "-l", "hlr.db", "create");
        hlr = DebianDaemon.start(home, "osmo-hlr", "-c", "hlr.cfg", "-l", "hlr.db");
        vty = new Vty(hlr.connect(new InetSocketAddress(address, VTY_PORT)));
        vty.send("subscriber imsi " + PCID + " create");
        vty.send("subscriber imsi " + PCID + " update msisdn 882100001");
        giveItTheKey();
        device = new SoftDevice(directory.resolve("tre"), PCID, key, random);
        vno = newVno();
    }

    @AfterEach
    void stop() throws IOException {
        for (AutoCloseable part : new AutoCloseable[] {vno, device, vty, hlr}) {
            close(part);
        }
    }

    private static void close(AutoCloseable part) {
        try {
            if (part != null) {
                part.close();
            }
        } catch (Exception unclear) {
            throw new IllegalStateException(unclear);
        }
    }

    /** The second time, it counts from the beginning again: the card has to tell it where it is. */
    private void giveItTheKey() throws IOException {
        String said = vty.send("subscriber imsi " + PCID + " update aud3g milenage k "
                + key.k().use(HEX::formatHex) + " opc " + key.opc().use(HEX::formatHex) + " ind-bitlen 5");
        assertThat(said).doesNotContainIgnoringCase("error").doesNotContain("Unknown");
    }

    private Vno newVno() throws IOException {
        Peers nobody = (Peers) Proxy.newProxyInstance(
                Peers.class.getClassLoader(), new Class<?>[] {Peers.class}, (proxy, method, arguments) -> {
                    throw new UnsupportedOperationException("everybody's home is asked over GSUP");
                });
        ApnProfile agreed = new ApnProfile(APN, List.of(new Destination(17, "127.0.0.1/32", 5684)), 1_000_000);
        return new Vno(
                JudgedRole.context(directory.resolve("vno"), "vno.262-42", random),
                nobody,
                new VnoSettings(
                        Plmn.parse("262-42"),
                        InetAddress.getLoopbackAddress(),
                        0,
                        "10.45.0.0/24",
                        List.of(HOME),
                        Optional.empty(),
                        AccessLimits.DEFAULT,
                        List.of(HomeRoute.byGsup(HOME, new InetSocketAddress(address, GSUP_PORT), List.of(agreed)))));
    }

    private Radio.Attachment attach(String imsi) throws IOException {
        TcpRadio radio = new TcpRadio(() -> List.of(new TcpRadio.Reachable(NETWORK, vno.signalling())), random);
        return radio.attach(NETWORK, imsi, IMEI, device::authenticate);
    }

    private String subscriber() throws IOException {
        return vty.send("subscriber imsi " + PCID + " show");
    }

    @Test
    void givesVectorsThatOurUsimAcceptsAndLearnsWhereItIs() throws Exception {
        try (Radio.Attachment attachment = attach(PCID.digits());
                Radio.Session session = attachment.activate(APN)) {
            assertThat(session.address().getHostAddress()).startsWith("10.45.0.");
            assertThat(subscriber()).contains("vno.262-42");
            assertThat(device.resynchronisations()).isZero();
        }
    }

    @Test
    void countsOnFromWhereOurUsimSaysItIs() throws Exception {
        for (int i = 0; i < 3; i++) {
            attach(PCID.digits()).close();
        }
        giveItTheKey();

        attach(PCID.digits()).close();

        assertThat(device.resynchronisations()).isEqualTo(1);
        attach(PCID.digits()).close();
        assertThat(device.resynchronisations()).isEqualTo(1);
    }

    @Test
    void refusesASubscriberThatItDoesNotKnow() {
        assertThatExceptionOfType(Radio.Refused.class)
                .isThrownBy(() -> attach("901700000000009"))
                .matches(refused -> refused.networkCause() == GmmCause.IMSI_UNKNOWN.number());
    }
}
