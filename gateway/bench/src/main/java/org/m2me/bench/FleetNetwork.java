// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.m2me.bridge.Bridge;
import org.m2me.bridge.BridgeIdentity;
import org.m2me.bridge.BridgeSettings;
import org.m2me.bridge.role.DeviceRole;
import org.m2me.bridge.role.RoleAddress;
import org.m2me.operators.AuthenticationCentre.ApnProfile;
import org.m2me.operators.AuthenticationCentre.Destination;
import org.m2me.operators.Campaigns;
import org.m2me.operators.Ccif;
import org.m2me.operators.DeviceService;
import org.m2me.operators.Dpf;
import org.m2me.operators.Drf;
import org.m2me.operators.Icf;
import org.m2me.operators.ImsiRange;
import org.m2me.operators.Ivf;
import org.m2me.operators.Peers;
import org.m2me.operators.Pva;
import org.m2me.operators.Regulator;
import org.m2me.operators.Sho;
import org.m2me.operators.Subscriber;
import org.m2me.operators.Supplier;
import org.m2me.operators.http.OcspServer;
import org.m2me.operators.http.RoleClient;
import org.m2me.operators.http.TlsIdentity;
import org.m2me.operators.ivf.IvfRole;
import org.m2me.operators.pva.AppraisalPolicy;
import org.m2me.operators.regulator.RegulatorRole;
import org.m2me.operators.regulator.RegulatorSettings;
import org.m2me.operators.ro.dpf.DpfRole;
import org.m2me.operators.ro.drf.DrfRole;
import org.m2me.operators.ro.icf.IcfSettings;
import org.m2me.operators.ro.icf.InitialConnectivity;
import org.m2me.operators.sho.ShoRole;
import org.m2me.operators.sho.ShoSettings;
import org.m2me.operators.sho.ValidationPolicy;
import org.m2me.operators.subscriber.SubscriberRole;
import org.m2me.operators.subscriber.SubscriberSettings;
import org.m2me.operators.supplier.CcifRole;
import org.m2me.operators.supplier.PcidSettings;
import org.m2me.operators.supplier.SupplierRole;
import org.m2me.operators.wiring.AddressBook;
import org.m2me.operators.wiring.RoleContext;
import org.m2me.operators.wiring.RoleHost;
import org.m2me.operators.wiring.RunningRole;
import org.m2me.protocol.aka.AkaAlgorithm;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.evidence.MeasuredComponent;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.pki.Certificate;
import org.m2me.protocol.pki.CertificateAuthority;
import org.m2me.protocol.step.StepObserver;

/**
 * Every role that has a part in a mass change, each served over HTTP with mutual TLS, and the gateway in front of them. The
 * PVA is a process of its own; no access network is there, so devices come to the gateway without one.
 */
final class FleetNetwork implements AutoCloseable {
    private static final ApnProfile APN =
            new ApnProfile("m2m", List.of(new Destination(17, "127.0.0.1/32", 5684)), IcfSettings.QUOTA);
    private static final Duration YEAR = Duration.ofDays(365);
    private static final long SUBSCRIPTIONS = 100_000; // more than any fleet of one run
    private static final int POOL = 8; // made in advance; the rest when they are needed

    private final Path directory;
    private final Clock clock;
    private final SecureRandom random;
    private final AddressBook book = new AddressBook(Map.of());
    private final RoleHost host = new RoleHost(book);
    private final P256PrivateKey deviceKey;
    private final CertificateAuthority devices;
    private final OcspServerPlace ocsp = new OcspServerPlace();
    private final PvaProcess pva;
    private final Bridge bridge;

    /** Where OCSP is answered, once the supplier runs. */
    private static final class OcspServerPlace {
        private Optional<URI> uri = Optional.empty();
    }

    FleetNetwork(Path directory, Clock clock, SecureRandom random) throws IOException {
        this.directory = directory;
        this.clock = clock;
        this.random = random;
        Instant now = clock.instant();
        Identities.make(directory, random, now, Names.ALL.toArray(String[]::new));
        deviceKey = P256PrivateKey.generate(random);
        devices = CertificateAuthority.selfSigned(
                Names.DEVICES, deviceKey, now.minus(Identities.LIFE), now.plus(Identities.LIFE));
        Files.write(
                directory.resolve(Names.DEVICES + ".crt"), devices.certificate().der());
        start(
                Names.REGULATOR,
                (context, peers) ->
                        RunningRole.of(new RegulatorRole(context, new RegulatorSettings(List.of())), Regulator.class));
        start(Names.SUPPLIER, this::supplier);
        start(Names.CCIF, (context, peers) -> RunningRole.of(new CcifRole(context, peers, pcids(1)), Ccif.class));
        start(Names.IVF, (context, peers) -> RunningRole.of(new IvfRole(context, certificate(Names.PVA)), Ivf.class));
        start(Names.DRF, (context, peers) -> RunningRole.of(new DrfRole(context, peers).start(), Drf.class));
        start(Names.DPF, (context, peers) -> RunningRole.of(new DpfRole(context, peers).start(), Dpf.class));
        start(
                Names.SUBSCRIBER,
                (context, peers) -> RunningRole.of(
                        new SubscriberRole(
                                        context,
                                        peers,
                                        new SubscriberSettings(
                                                Names.DEVICES, YEAR, true, SubscriberSettings.PERMISSION_WAIT))
                                .start(),
                        Subscriber.class));
        start(
                Names.ICF,
                (context, peers) -> RunningRole.of(
                        new InitialConnectivity(
                                context,
                                new IcfSettings(
                                        List.of(Names.REGISTRATION), APN, IcfSettings.SESSIONS_MAX, Optional.empty())),
                        Icf.class));
        start(Names.WITH_SHO, sho(Names.WITH, Optional.of(new ShoSettings.Inquiries(Optional.empty()))));
        start(Names.WITHOUT_SHO, sho(Names.WITHOUT, Optional.empty()));
        pva = PvaProcess.start(directory, addresses());
        book.put(Names.PVA, pva.address());
        bridge = gateway();
        bridge.start();
    }

    private void start(String name, RoleHost.Factory factory) throws IOException {
        RoleContext context = new RoleContext(
                Files.createDirectories(directory.resolve("roles").resolve(name)),
                clock,
                random,
                StepObserver.NONE,
                certificate(name),
                Identities.key(directory, name),
                List.of(anchor()));
        host.start(new RoleHost.Description(context, 0, factory));
    }

    private RunningRole supplier(RoleContext context, Peers peers) throws IOException {
        SupplierRole role = new SupplierRole(
                        context,
                        peers,
                        new SupplierRole.Settings(
                                Names.DEVICES,
                                devices,
                                deviceKey,
                                pcids(500_000),
                                APN.apn(),
                                SupplierRole.Settings.RENEW_BEFORE))
                .start();
        OcspServer server = OcspServer.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                request -> role.ocsp(Opaque.of(request)).bytes());
        ocsp.uri = Optional.of(server.uri());
        return new RunningRole(Map.of(Supplier.class, role), Optional.empty(), () -> {
            server.close();
            role.close();
        });
    }

    private static PcidSettings pcids(long first) {
        return new PcidSettings(Names.REGISTRATION, ImsiRange.of(Names.REGISTRATION, first, SUBSCRIPTIONS), YEAR, YEAR);
    }

    private RoleHost.Factory sho(Plmn operator, Optional<ShoSettings.Inquiries> inquiries) {
        Set<String> components =
                BenchIvf.COMPONENTS.stream().map(MeasuredComponent::name).collect(Collectors.toSet());
        return (context, peers) -> {
            ShoRole role = new ShoRole(
                            context,
                            peers,
                            new ShoSettings(
                                    operator,
                                    new ValidationPolicy(AppraisalPolicy.BASELINE.id(), true, components),
                                    certificate(Names.PVA),
                                    new ShoSettings.Subscriptions(
                                            ImsiRange.of(operator, 1, SUBSCRIPTIONS),
                                            POOL,
                                            AkaAlgorithm.MILENAGE,
                                            Optional.empty()),
                                    APN,
                                    Duration.ofDays(1),
                                    Optional.empty(),
                                    inquiries,
                                    Optional.empty()))
                    .start();
            return new RunningRole(Map.of(Sho.class, role, Campaigns.class, role.campaigns()), Optional.empty(), role);
        };
    }

    private Map<String, URI> addresses() {
        Map<String, URI> addresses = new TreeMap<>();
        for (String name : Names.ALL) {
            book.find(name).ifPresent(uri -> addresses.put(name, uri));
        }
        addresses.put(BenchPva.OCSP, ocsp.uri.orElseThrow());
        return addresses;
    }

    private Bridge gateway() throws IOException {
        Map<DeviceRole, RoleAddress> roles = new EnumMap<>(DeviceRole.class);
        roles.put(DeviceRole.DRF, address(Names.DRF));
        roles.put(DeviceRole.PVA, address(Names.PVA));
        roles.put(DeviceRole.DPF, address(Names.DPF));
        roles.put(DeviceRole.SUBSCRIBER, address(Names.SUBSCRIBER));
        return new Bridge(
                BridgeSettings.onLoopback(roles),
                new BridgeIdentity(
                        certificate(Names.GATEWAY),
                        Identities.key(directory, Names.GATEWAY),
                        List.of(anchor()),
                        List.of(devices.certificate())),
                clock);
    }

    private RoleAddress address(String name) {
        return new RoleAddress(book.find(name).orElseThrow(), name);
    }

    private Certificate certificate(String name) throws IOException {
        return Identities.certificate(directory, name);
    }

    /** Whom devices trust. */
    Certificate anchor() throws IOException {
        return certificate(Identities.ANCHOR);
    }

    /** Where devices come in. */
    InetSocketAddress entrance() {
        return bridge.address();
    }

    PvaProcess pva() {
        return pva;
    }

    /** For whom the subscriber has mail. */
    DeviceService mailboxes() {
        return host.running(Names.SUBSCRIBER).devices().orElseThrow();
    }

    /** A role as another one calls it. */
    <T> T client(String as, Class<T> type, String name) throws IOException {
        try (P256PrivateKey key = Identities.key(directory, as)) {
            TlsIdentity identity = TlsIdentity.of(certificate(as), key, List.of(anchor()));
            return new RoleClient(identity).of(type, name, book.find(name).orElseThrow());
        }
    }

    /** The PVA, to its staff. */
    Pva pvaCounters() throws IOException {
        return client(Names.consoleOf(Names.PVA), Pva.class, Names.PVA);
    }

    @Override
    public void close() throws IOException {
        bridge.close();
        pva.close();
        host.close();
        deviceKey.close();
    }
}
