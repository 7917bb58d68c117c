// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab.radio;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.m2me.hal.emulated.Radio;
import org.m2me.operators.AuthenticationCentre.ApnProfile;
import org.m2me.operators.AuthenticationCentre.Destination;
import org.m2me.operators.PcidRecord;
import org.m2me.operators.Peers;
import org.m2me.operators.access.AccessLimits;
import org.m2me.operators.n3gicp.N3gIcp;
import org.m2me.operators.n3gicp.N3gSettings;
import org.m2me.operators.ro.icf.IcfSettings;
import org.m2me.operators.ro.icf.InitialConnectivity;
import org.m2me.operators.vno.Vno;
import org.m2me.operators.vno.VnoSettings;
import org.m2me.operators.wiring.RoleContext;
import org.m2me.protocol.aka.AkaAlgorithm;
import org.m2me.protocol.aka.AkaKey;
import org.m2me.protocol.aka.SqnArray;
import org.m2me.protocol.aka.SqnParameters;
import org.m2me.protocol.aka.UsimAuthentication;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.identity.Pcid;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.pki.CertificateAuthority;
import org.m2me.protocol.step.StepObserver;

/** What is on the other side of the air: a visited network, an ICF with one PCID, a hotspot, and somebody who echoes. */
final class Air implements AutoCloseable {
    static final String APN = "provisioning.ro";
    static final String PCID = "901700000000001";
    static final String DRF = "coaps://127.0.0.1:5684";
    static final Radio.Network NETWORK = new Radio.Network("26242", "VNO", -71);

    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
    private static final Plmn RO = new Plmn("901", "70");
    private static final long QUOTA = 5000;

    final SecureRandom random = new SecureRandom();
    private final Path directory;
    private final AkaKey key =
            new AkaKey(AkaAlgorithm.MILENAGE, SecretBytes.random(16, random), SecretBytes.random(16, random));
    private final DatagramSocket echo = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    private final InitialConnectivity icf;
    private final N3gIcp hotspot;
    private Vno vno;
    private SqnArray sqns = SqnArray.fresh(SqnParameters.DEFAULT);

    Air(Path directory) throws IOException, Refused {
        this.directory = directory;
        Thread thread = new Thread(this::answer, "echo");
        thread.setDaemon(true);
        thread.start();
        List<Destination> allowed = List.of(new Destination(17, "127.0.0.1/32", echo.getLocalPort()));
        icf = new InitialConnectivity(
                context("icf.901-70"),
                new IcfSettings(List.of(RO), new ApnProfile(APN, allowed, QUOTA), 50, Optional.empty()));
        Pcid pcid = Pcid.of(PCID);
        icf.accept(new PcidRecord(pcid, key, SqnParameters.DEFAULT, NOW.plus(Duration.ofDays(100))));
        icf.activate(pcid, NOW, NOW.plus(Duration.ofDays(1)));
        vno = newVno(0);
        hotspot = new N3gIcp(
                context("n3gicp"),
                new N3gSettings(
                        InetAddress.getLoopbackAddress(),
                        0,
                        "192.168.77.0/24",
                        allowed,
                        0,
                        Map.of(N3gSettings.DRF_OPTION, DRF),
                        AccessLimits.DEFAULT));
    }

    private RoleContext context(String name) throws IOException {
        P256PrivateKey roleKey = P256PrivateKey.generate(random);
        var authority = CertificateAuthority.selfSigned(name, roleKey, NOW, NOW.plus(Duration.ofDays(1)));
        return new RoleContext(
                Files.createDirectories(directory.resolve(name)),
                Clock.fixed(NOW, ZoneOffset.UTC),
                random,
                StepObserver.NONE,
                authority.certificate(),
                roleKey,
                List.of(authority.certificate()));
    }

    private Vno newVno(int port) throws IOException {
        Peers peers = (Peers) Proxy.newProxyInstance(
                Peers.class.getClassLoader(),
                new Class<?>[] {Peers.class},
                (proxy, method, arguments) -> Optional.of(icf)); // an access network asks for the home only
        return new Vno(
                context("vno.262-42"),
                peers,
                new VnoSettings(
                        new Plmn("262", "42"),
                        InetAddress.getLoopbackAddress(),
                        port,
                        "10.45.0.0/24",
                        List.of(RO),
                        Optional.empty(),
                        AccessLimits.DEFAULT,
                        List.of()));
    }

    /** The visited network goes down, and comes up where it was. */
    void restartNetwork() throws IOException {
        int port = vno.signalling().getPort();
        vno.close();
        vno = newVno(port);
    }

    TcpRadio radio() {
        return new TcpRadio(() -> List.of(new TcpRadio.Reachable(NETWORK, vno.signalling())), random);
    }

    TcpHotspot hotspot() {
        return new TcpHotspot("02:00:00:00:00:01", () -> Map.of("guest", hotspot.association()), random);
    }

    InetSocketAddress gateway() {
        return (InetSocketAddress) echo.getLocalSocketAddress();
    }

    /** The card with the PCID. */
    Radio.Answer card(byte[] rand, byte[] autn) {
        var answer = UsimAuthentication.answer(key.functions(), sqns, rand, autn);
        if (answer instanceof UsimAuthentication.Answer.Success success) {
            sqns = success.accepted();
            return new Radio.Answer(success.secrets().res(), new byte[0]);
        }
        return answer instanceof UsimAuthentication.Answer.SynchronisationFailure failure
                ? new Radio.Answer(new byte[0], failure.auts())
                : new Radio.Answer(new byte[0], new byte[0]);
    }

    /** As if its vectors had been used elsewhere. */
    void moveCardAhead() {
        sqns = sqns.accepting(1000L << SqnParameters.DEFAULT.indBits());
    }

    private void answer() {
        byte[] buffer = new byte[2000];
        while (!echo.isClosed()) {
            try {
                DatagramPacket datagram = new DatagramPacket(buffer, buffer.length);
                echo.receive(datagram);
                echo.send(datagram);
            } catch (IOException closed) {
                return;
            }
        }
    }

    @Override
    public void close() {
        hotspot.close();
        vno.close();
        icf.close();
        echo.close();
    }
}
