// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.n3gicp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.m2me.operators.AuthenticationCentre.Destination;
import org.m2me.operators.World;
import org.m2me.operators.access.AccessLimits;
import org.m2me.operators.access.AirMobile;
import org.m2me.operators.access.Drop;
import org.m2me.operators.access.Echo;
import org.m2me.protocol.radio.Association;
import org.m2me.protocol.step.Step;

class N3gIcpTest {
    private static final String DRF = "coaps://127.0.0.1:5684";
    private static final String LABEL = "02:00:00:00:00:01";
    private static final byte[] HELLO = "hello".getBytes(StandardCharsets.US_ASCII);

    @TempDir
    Path directory;

    private World world;
    private Echo gateway;
    private Echo elsewhere;
    private N3gIcp provider;

    @BeforeEach
    void start() throws IOException {
        world = new World(directory);
        gateway = new Echo();
        elsewhere = new Echo();
        provider = new N3gIcp(
                world.context("n3gicp"),
                new N3gSettings(
                        InetAddress.getLoopbackAddress(),
                        0,
                        "192.168.77.0/29",
                        List.of(new Destination(
                                17, "127.0.0.1/32", gateway.address().getPort())),
                        1000,
                        Map.of(N3gSettings.DRF_OPTION, DRF),
                        new AccessLimits(Duration.ofMillis(500), 100, 20, Duration.ofMinutes(10))));
    }

    @AfterEach
    void stop() {
        provider.close();
        gateway.close();
        elsewhere.close();
    }

    private Association join(AirMobile device) throws IOException {
        device.sendFrame(new Association.Join(LABEL, device.here()).encode());
        return Association.decode(device.hearFrame());
    }

    @Test
    void givesAnAddressTheDrfAndTheWayThereOnly() throws IOException {
        try (AirMobile device = new AirMobile(provider.association())) {
            var joined = (Association.Joined) join(device);
            assertThat(joined.dhcpOptions()).containsExactly(Map.entry(N3gSettings.DRF_OPTION, DRF));
            device.send(joined.tunnel(), AirMobile.packet(joined.address(), elsewhere.address(), HELLO));
            device.send(joined.tunnel(), AirMobile.packet(joined.address(), gateway.address(), HELLO));
            assertThat(device.receive().payload()).isEqualTo(HELLO);
            assertThat(elsewhere.heard()).isZero();
            var traffic = provider.devices().get(0);
            assertThat(traffic.getKey()).isEqualTo(LABEL);
            assertThat(traffic.getValue().dropped(Drop.FILTERED)).isEqualTo(1);
        }
        assertThat(world.taken()).containsExactly(Step.N3G_ACCESS, Step.N3G_CONNECTIVITY);
        assertThat(world.steps).allMatch(event -> event.subject().equals(LABEL));
        world.await("the device to be gone", () -> provider.devices().isEmpty());
    }

    @Test
    void endsASessionWhoseQuotaIsOver() throws IOException {
        try (AirMobile device = new AirMobile(provider.association())) {
            var joined = (Association.Joined) join(device);
            device.send(joined.tunnel(), AirMobile.packet(joined.address(), gateway.address(), new byte[1200]));
            assertThat(device.isCut()).isTrue();
            assertThat(gateway.heard()).isZero();
        }
    }

    @Test
    void saysSoWhenNoAddressIsLeftAndGivesOutThoseThatCameBack() throws IOException {
        try (AirMobile b = new AirMobile(provider.association());
                AirMobile c = new AirMobile(provider.association());
                AirMobile d = new AirMobile(provider.association());
                AirMobile e = new AirMobile(provider.association());
                AirMobile tooMany = new AirMobile(provider.association())) {
            try (AirMobile a = new AirMobile(provider.association())) {
                for (AirMobile device : List.of(a, b, c, d, e)) {
                    assertThat(join(device)).isInstanceOf(Association.Joined.class);
                }
                assertThat(join(tooMany)).isEqualTo(new Association.Rejected("no address is free"));
            }
            world.await("an address", () -> provider.devices().size() == 4);
            try (AirMobile device = new AirMobile(provider.association())) {
                assertThat(join(device)).isInstanceOf(Association.Joined.class);
            }
        }
    }

    @Test
    void cutsOffWhoeverSaysSomethingElseOrNothing() throws IOException {
        try (AirMobile hostile = new AirMobile(provider.association());
                AirMobile silent = new AirMobile(provider.association())) {
            hostile.sendFrame(new byte[] {9, 9, 9});
            assertThat(hostile.isCut()).isTrue();
            assertThat(silent.isCut()).isTrue();
        }
        assertThat(world.steps).isEmpty();
    }
}
