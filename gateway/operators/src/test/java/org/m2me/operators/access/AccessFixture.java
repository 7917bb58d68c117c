// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.access;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.m2me.operators.AuthenticationCentre.ApnProfile;
import org.m2me.operators.AuthenticationCentre.Destination;
import org.m2me.operators.PcidRecord;
import org.m2me.operators.World;
import org.m2me.operators.ro.icf.IcfSettings;
import org.m2me.operators.ro.icf.InitialConnectivity;
import org.m2me.operators.wiring.RoleContext;
import org.m2me.protocol.aka.AkaKey;
import org.m2me.protocol.aka.SqnParameters;
import org.m2me.protocol.identity.Imsi;
import org.m2me.protocol.identity.Pcid;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.radio.RadioMessage;

/** An access network with the ICF behind it, and hosts that its devices may and may not reach. */
abstract class AccessFixture {
    static final Plmn RO = new Plmn("901", "70");
    static final Plmn VNO = new Plmn("262", "42");
    static final String APN = "provisioning.ro";
    static final long QUOTA = 10_000;
    static final byte[] HELLO = "hello".getBytes(StandardCharsets.US_ASCII);

    static final AccessLimits LIMITS = new AccessLimits(Duration.ofSeconds(15), 100, 20, Duration.ofMinutes(10));

    @TempDir
    Path directory;

    World world;
    Homes homes;
    Echo gateway;
    Echo elsewhere;
    RoleContext icfContext;
    InitialConnectivity icf;
    AccessNetwork network;
    Usim card;

    @BeforeEach
    void start() throws IOException, Refused {
        world = new World(directory);
        homes = new Homes();
        gateway = new Echo();
        elsewhere = new Echo();
        icfContext = world.context("icf.901-70");
        icf = newIcf();
        network = newNetwork(LIMITS, Optional.empty());
        card = activeCard("901700000000001");
    }

    @AfterEach
    void stop() {
        network.close();
        icf.close();
        gateway.close();
        elsewhere.close();
    }

    InitialConnectivity newIcf() {
        List<Destination> wayToGateway =
                List.of(new Destination(17, "127.0.0.1/32", gateway.address().getPort()));
        InitialConnectivity made = new InitialConnectivity(
                icfContext,
                new IcfSettings(List.of(RO), new ApnProfile(APN, wayToGateway, QUOTA), 5, Optional.empty()));
        homes.put(RO, made);
        return made;
    }

    AccessNetwork newNetwork(AccessLimits limits, Optional<ApnProfile> openAccess) {
        return AccessNetwork.start(
                world.context("vno.262-42"),
                homes,
                new AccessSettings(
                        VNO,
                        "vno.262-42",
                        InetAddress.getLoopbackAddress(),
                        0,
                        "10.45.0.0/24",
                        List.of(RO),
                        openAccess,
                        limits,
                        List.of()));
    }

    Usim activeCard(String digits) throws Refused {
        Usim fresh = acceptedCard(digits);
        icf.activate(new Pcid(fresh.imsi), World.START.minusSeconds(60), World.START.plusSeconds(86_400));
        return fresh;
    }

    Usim acceptedCard(String digits) throws Refused {
        AkaKey key = Usim.newKey(world.random);
        Imsi imsi = new Imsi(digits);
        icf.accept(new PcidRecord(new Pcid(imsi), key, SqnParameters.DEFAULT, World.START.plusSeconds(1_000_000)));
        return new Usim(imsi, key);
    }

    AirMobile mobile() throws IOException {
        return new AirMobile(network.signalling());
    }

    AccessNetwork.Session session() {
        return network.attached().get(0).sessions().get(0);
    }

    long dropped(Drop reason) {
        return session().traffic().dropped(reason);
    }

    RadioMessage.Downlink attach(Usim with) throws IOException {
        try (AirMobile mobile = mobile()) {
            return mobile.attach(with);
        }
    }
}
