// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab.network;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.m2me.bridge.Bridge;
import org.m2me.bridge.BridgeIdentity;
import org.m2me.bridge.BridgeSettings;
import org.m2me.bridge.role.DeviceRole;
import org.m2me.bridge.role.RoleAddress;
import org.m2me.bridge.role.RoleLinks;
import org.m2me.lab.fault.Victim;
import org.m2me.lab.network.LabPki.Identity;
import org.m2me.operators.AuthenticationCentre.ApnProfile;
import org.m2me.operators.AuthenticationCentre.Destination;
import org.m2me.operators.Campaigns;
import org.m2me.operators.DeviceService;
import org.m2me.operators.Drf;
import org.m2me.operators.Pva;
import org.m2me.operators.Sho;
import org.m2me.operators.Subscriber;
import org.m2me.operators.Supplier;
import org.m2me.operators.http.RoleClient;
import org.m2me.operators.http.TlsIdentity;
import org.m2me.operators.wiring.AddressBook;
import org.m2me.operators.wiring.RoleContext;
import org.m2me.operators.wiring.RoleHost;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.Activation;
import org.m2me.protocol.message.Activation.Association;
import org.m2me.protocol.message.DeviceResource;
import org.m2me.protocol.message.Refused;

/** Every role on sockets of its own, the gateway in front of those that devices speak to, and three ways on the air. */
public final class LabNetwork implements AutoCloseable {
    private static final int UDP = 17;
    /** What the gateway is called among those that can be restarted. */
    public static final String GATEWAY = "gateway";
    /** What the subscriber's application server is called among them, and towards the subscriber. */
    public static final String APPLICATION = "application.fleet";

    private static final String TELEMETRY = "telemetry.fleet"; // the application server, as devices know it

    private static final List<String> CONSOLES = List.of(
            LabRoles.REGULATOR,
            LabRoles.PVA,
            LabRoles.IVF,
            LabRoles.SUBSCRIBER,
            "sho." + LabSettings.HOME,
            "sho." + LabSettings.OTHER);

    private final LabSettings settings;
    private final LabPki pki;
    private final AddressBook book = new AddressBook(Map.of());
    private final RoleHost host;
    private final List<String> names = new ArrayList<>();
    private final LabRoles roles;
    private final Bridge bridge;
    private final Bridge application;

    /** Starts everything. @throws IOException if a port, a file or a thread is not to be had */
    public LabNetwork(LabSettings settings) throws IOException {
        this.settings = settings;
        this.host = new RoleHost(
                book, settings.interference()::front, settings.together().grouping());
        this.pki = new LabPki(settings.clock(), settings.random());
        settings.interference().trust(pki);
        this.roles = new LabRoles(settings, pki);
        start(LabRoles.REGULATOR, roles.regulator()); // first: without one in the book everything is permitted
        start(LabRoles.SUPPLIER, roles.supplier());
        start(LabRoles.CCIF, roles.ccif());
        start(LabRoles.PVA, roles.pva());
        start(LabRoles.IVF, roles.ivf());
        start(LabRoles.DRF, roles.drf());
        start(LabRoles.DPF, roles.dpf());
        start(LabRoles.SUBSCRIBER, roles.subscriber());
        this.bridge = gatewayInFront();
        bridge.start();
        this.application = applicationServer();
        application.start();
        ApnProfile initial = apn(LabSettings.INITIAL_APN, LabSettings.INITIAL_QUOTA, bridge.address());
        ApnProfile operational = apn(LabSettings.OPERATIONAL_APN, 0, bridge.address(), application.address());
        start(LabRoles.ICF, roles.icf(initial));
        for (HomeOperator operator : List.of(roles.home(), roles.other())) {
            start(operator.sho(), operator.sho(operational));
        }
        boolean visitedIsOther = settings.together().visitedIsOther();
        if (!visitedIsOther) {
            start(LabRoles.VNO, roles.visited(initial));
        }
        start(roles.home().network(), roles.home().network(operational, List.of()));
        List<Plmn> visitors = visitedIsOther ? List.of(LabRoles.REGISTRATION_OPERATOR) : List.of();
        start(roles.other().network(), roles.other().network(operational, visitors));
        start(LabRoles.N3G_ICP, roles.hotspot(initial.allowed(), gatewayUri()));
    }

    private static ApnProfile apn(String name, long quota, InetSocketAddress... reached) {
        return new ApnProfile(
                name,
                Arrays.stream(reached)
                        .map(to -> new Destination(UDP, to.getAddress().getHostAddress() + "/32", to.getPort()))
                        .toList(),
                quota);
    }

    private void start(String name, RoleHost.Factory factory) throws IOException {
        Victim victim = new RoleVictim(name, directory(name), host);
        host.start(new RoleHost.Description(
                context(name),
                0,
                (context, peers) -> settings.interference().role(factory.start(context, peers), victim)));
        names.add(name);
    }

    private RoleContext context(String name) throws IOException {
        Identity identity = roles.identity(name);
        Path directory = Files.createDirectories(directory(name));
        settings.interference().disk(name, directory);
        return new RoleContext(
                directory,
                settings.interference().clock(name, settings.clock()),
                settings.random(),
                settings.steps(),
                identity.certificate(),
                identity.key(),
                List.of(pki.operators()));
    }

    private Path directory(String name) {
        return settings.directory().resolve("roles").resolve(name);
    }

    private Bridge gatewayInFront() {
        Identity identity = pki.role(GATEWAY);
        Map<DeviceRole, RoleAddress> addresses = new EnumMap<>(DeviceRole.class);
        addresses.put(DeviceRole.DRF, address(LabRoles.DRF));
        addresses.put(DeviceRole.PVA, address(LabRoles.PVA));
        addresses.put(DeviceRole.DPF, address(LabRoles.DPF));
        addresses.put(DeviceRole.SUBSCRIBER, address(LabRoles.SUBSCRIBER));
        return new Bridge(
                BridgeSettings.onLoopback(addresses),
                new BridgeIdentity(
                        identity.certificate(),
                        identity.key(),
                        List.of(pki.operators()),
                        List.of(pki.devices().certificate())),
                settings.interference().clock(GATEWAY, settings.clock()));
    }

    private Bridge applicationServer() {
        Identity shown = pki.ofFleet(TELEMETRY);
        Identity role = pki.role(APPLICATION);
        return new Bridge(
                BridgeSettings.applicationServer(address(LabRoles.SUBSCRIBER)),
                new BridgeIdentity(
                        shown.certificate(),
                        shown.key(),
                        List.of(pki.devices().certificate()),
                        new RoleLinks.Credentials(role.certificate(), role.key(), List.of(pki.operators()))),
                settings.interference().clock(APPLICATION, settings.clock()));
    }

    /** What the subscriber enters for its devices: its application server, and the gateway for subscriptions. */
    public Activation.Terms activation() {
        return new Activation.Terms(
                server(application.address(), new Association(pki.fleet(), TELEMETRY)),
                Optional.of(server(bridge.address(), new Association(pki.operators(), GATEWAY))),
                Optional.empty());
    }

    private static Activation.Server server(InetSocketAddress address, Association association) {
        return new Activation.Server(address.getAddress().getHostAddress(), address.getPort(), association);
    }

    /** How many telemetry messages have come to the application server. */
    public long telemetryAtApplication() {
        return application.counters().get(DeviceResource.TELEMETRY);
    }

    /** How many have come to the gateway. */
    public long telemetryAtGateway() {
        return bridge.counters().get(DeviceResource.TELEMETRY);
    }

    private RoleAddress address(String name) {
        return new RoleAddress(book.find(name).orElseThrow(), name);
    }

    /** Where devices find the gateway. */
    public InetSocketAddress gateway() {
        return bridge.address();
    }

    /** The same as {@code coaps://host:port}. */
    public String gatewayUri() {
        return "coaps://" + gateway().getAddress().getHostAddress() + ":"
                + gateway().getPort();
    }

    /** Whom devices trust. */
    public LabPki pki() {
        return pki;
    }

    /** A network in reach of every modem. */
    public record Cell(Plmn plmn, String name, InetSocketAddress signalling) {}

    /** The visited network, the loudest, and the operators' own. */
    public List<Cell> cells() {
        Cell home = new Cell(LabSettings.HOME, "Home", roles.home().signalling());
        Cell other = new Cell(LabSettings.OTHER, "Other", roles.other().signalling());
        return settings.together().visitedIsOther()
                ? List.of(other, home)
                : List.of(new Cell(LabRoles.VISITED, "Visited", roles.visitedSignalling()), home, other);
    }

    /** Where a WLAN module associates. */
    public InetSocketAddress hotspot() {
        return roles.hotspotAssociation();
    }

    /** The supplier, to its production line. */
    public Supplier supplier() {
        return client(LabRoles.LINE, Supplier.class, LabRoles.SUPPLIER);
    }

    /** The subscriber, to the person at the console. */
    public Subscriber subscriber() {
        return console(Subscriber.class, LabRoles.SUBSCRIBER);
    }

    /** The operator that was chosen at first, to its staff. */
    public Sho operator() {
        return operator(LabSettings.HOME);
    }

    /** An operator, to its staff. */
    public Sho operator(Plmn which) {
        return console(Sho.class, "sho." + which);
    }

    /** The DRF, to its staff. */
    public Drf drf() {
        return console(Drf.class, LabRoles.DRF);
    }

    /** The PVA, to its staff. */
    public Pva pva() {
        return console(Pva.class, LabRoles.PVA);
    }

    /** An operator's campaigns, to its staff. */
    public Campaigns campaigns(Plmn which) {
        return console(Campaigns.class, "sho." + which);
    }

    /** From now on PCIDs are made that live so long. */
    public void pcidLifetime(Duration lifetime) {
        roles.pcidLifetime(lifetime);
        restart(LabRoles.SUPPLIER);
        restart(LabRoles.CCIF);
    }

    /** Whether the DPF has something for a device that it has not reported on. */
    public boolean hasMail(Ueid device) throws Refused {
        DeviceService dpf = host.running(LabRoles.DPF).devices().orElseThrow();
        return dpf.answer(device, DeviceResource.MAIL, new byte[0]).isPresent();
    }

    private <T> T console(Class<T> type, String name) {
        return client(LabRoles.consoleOf(name), type, name);
    }

    /** A role, to another one. @param as what that one is called */
    public <T> T client(String as, Class<T> type, String name) {
        Identity identity = roles.identity(as);
        TlsIdentity tls = TlsIdentity.of(identity.certificate(), identity.key(), List.of(pki.operators()));
        return new RoleClient(tls).of(type, name, book.find(name).orElseThrow());
    }

    /**
     * Writes what a person needs to call roles by hand, and to import subscriptions, as PEM: {@code ca.pem}, {@code
     * devices.pem}, {@code fleet.pem}, {@code sho.pem}, for the console of each role that has one {@code
     * console.ROLE.pem}, for the supplier's line {@code line.acme.pem}, and their keys ({@code .key}) of mode 0600.
     */
    public void writeConsoleFiles(Path into) throws IOException {
        PemFile.write(into.resolve("ca.pem"), "CERTIFICATE", pki.operators().der());
        PemFile.write(
                into.resolve("devices.pem"),
                "CERTIFICATE",
                pki.devices().certificate().der());
        PemFile.write(into.resolve("fleet.pem"), "CERTIFICATE", pki.fleet().der());
        for (String role : CONSOLES) {
            String console = LabRoles.consoleOf(role);
            write(roles.identity(console), into, console);
        }
        write(roles.identity(roles.home().sho()), into, "sho");
        write(roles.identity(LabRoles.LINE), into, LabRoles.LINE);
    }

    private static void write(Identity identity, Path into, String name) throws IOException {
        PemFile.write(
                into.resolve(name + ".pem"),
                "CERTIFICATE",
                identity.certificate().der());
        try (SecretBytes key = identity.key().pkcs8()) {
            PemFile.writeSecret(into.resolve(name + ".key"), "PRIVATE KEY", key);
        }
    }

    /** Where the supplier answers OCSP. */
    public URI ocsp() {
        return roles.ocsp();
    }

    /** An operator's own directory. */
    public Path operatorDirectory(Plmn which) {
        return directory("sho." + which);
    }

    /** What operators charge for what devices use. */
    public Billing billing() {
        return new Billing(host, roleNames(), !settings.gsup());
    }

    /** Every role, by the name in its certificate. */
    public List<String> roleNames() {
        return List.copyOf(names);
    }

    /** Who can be restarted: every role, the gateway, and the application server. */
    public List<String> names() {
        List<String> all = new ArrayList<>(names);
        all.add(GATEWAY);
        all.add(APPLICATION);
        return all;
    }

    /** Where a role is served. */
    public URI uri(String name) {
        return book.find(name).orElseThrow();
    }

    /** Stops one and starts it again, at the same address on the same files. */
    public void restart(String name) {
        try {
            if (name.equals(GATEWAY)) {
                bridge.restart();
            } else if (name.equals(APPLICATION)) {
                application.restart();
            } else {
                host.restart(name);
            }
        } catch (IOException gone) {
            throw new UncheckedIOException(name + " did not start again", gone);
        }
    }

    @Override
    public void close() {
        application.close();
        bridge.close();
        host.close();
        settings.interference().close();
        pki.close();
    }

    static InetAddress loopback() {
        return InetAddress.getLoopbackAddress();
    }
}
