// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab.judges;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.m2me.operators.AuthenticationCentre.ApnProfile;
import org.m2me.operators.AuthenticationCentre.Destination;
import org.m2me.operators.gsup.Ccm;
import org.m2me.operators.gsup.GsupSettings;
import org.m2me.operators.ro.icf.IcfSettings;
import org.m2me.operators.ro.icf.InitialConnectivity;
import org.m2me.operators.wiring.RoleContext;
import org.m2me.protocol.identity.Plmn;

/** Debian's osmo-sgsn takes our ICF for its HLR. */
class OsmoSgsnIT {
    private static final int PINGS = 3; // at once, and then every 20 s
    private static final Duration PING_LIMIT = Duration.ofSeconds(40);
    private static final Duration RECONNECT_LIMIT = Duration.ofSeconds(40);
    private static final Duration SOON = Duration.ofSeconds(10);

    @TempDir
    Path directory;

    private final SecureRandom random = new SecureRandom();
    private RoleContext context;
    private InitialConnectivity icf;
    private GsupTap tap;

    @BeforeEach
    void start() throws IOException {
        DebianDaemon.require("osmo-sgsn", "osmo-sgsn");
        context = JudgedRole.context(directory.resolve("icf"), "icf.901-70", random);
        icf = newIcf(0);
        tap = new GsupTap(icf.gsup().orElseThrow());
    }

    @AfterEach
    void stop() throws IOException {
        if (tap != null) {
            tap.close();
            icf.close();
        }
    }

    private InitialConnectivity newIcf(int port) {
        var apn = new ApnProfile("provisioning.ro", List.of(new Destination(17, "127.0.0.1/32", 5684)), 1_000_000);
        return new InitialConnectivity(
                context,
                new IcfSettings(
                        List.of(Plmn.parse("901-70")),
                        apn,
                        IcfSettings.SESSIONS_MAX,
                        Optional.of(GsupSettings.onLoopback(port))));
    }

    private DebianDaemon newSgsn() throws IOException {
        String address = DebianDaemon.ownLoopback(random);
        Path home = Files.createDirectories(directory.resolve("sgsn"));
        Files.write(
                home.resolve("sgsn.cfg"),
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
                        "sgsn",
                        " gtp local-ip " + address,
                        " gtp state-dir .",
                        " ggsn 0 remote-ip " + DebianDaemon.ownLoopback(random),
                        " ggsn 0 gtp-version 1",
                        " authentication required",
                        " auth-policy remote",
                        " gsup remote-ip 127.0.0.1",
                        " gsup remote-port " + tap.port(),
                        "ns",
                        " bind udp local",
                        "  listen " + address + " " + freePort(address),
                        "  accept-ipaccess"));
        return DebianDaemon.start(home, "osmo-sgsn", "-c", "sgsn.cfg");
    }

    private static int freePort(String address) throws IOException {
        try (DatagramSocket probe = new DatagramSocket(new InetSocketAddress(InetAddress.getByName(address), 0))) {
            return probe.getLocalPort();
        }
    }

    @Test
    void connectsAsToItsHlrStaysAndComesBack() throws Exception {
        try (DebianDaemon sgsn = newSgsn()) {
            Ccm identity = tap.next(true, Ccm.Type.IDENTITY_RESPONSE, SOON);
            tap.next(false, Ccm.Type.IDENTITY_ACCEPTED, SOON);
            assertThat(icf.gsupNodes()).containsExactly(identity.names().get(Ccm.SERIAL_NUMBER));
            for (int i = 0; i < PINGS; i++) {
                tap.next(true, Ccm.Type.PING, PING_LIMIT);
                tap.next(false, Ccm.Type.PONG, SOON);
            }
            assertThat(tap.connections()).as(sgsn.said()).isEqualTo(1);
            assertThat(icf.gsupNodes()).hasSize(1);

            int port = icf.gsup().orElseThrow().getPort();
            icf.close();
            icf = newIcf(port);
            tap.next(false, Ccm.Type.IDENTITY_ACCEPTED, RECONNECT_LIMIT);
            assertThat(icf.gsupNodes()).containsExactly(identity.names().get(Ccm.SERIAL_NUMBER));
            assertThat(sgsn.isAlive()).isTrue();
        }
    }
}
