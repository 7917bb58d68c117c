// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab.network;

import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.m2me.lab.network.LabPki.Identity;
import org.m2me.operators.AllowedTo;
import org.m2me.operators.AuthenticationCentre.ApnProfile;
import org.m2me.operators.AuthenticationCentre.Destination;
import org.m2me.operators.Ccif;
import org.m2me.operators.Dpf;
import org.m2me.operators.Drf;
import org.m2me.operators.Icf;
import org.m2me.operators.ImsiRange;
import org.m2me.operators.Ivf;
import org.m2me.operators.Pva;
import org.m2me.operators.Regulator;
import org.m2me.operators.Subscriber;
import org.m2me.operators.Supplier;
import org.m2me.operators.access.AccessLimits;
import org.m2me.operators.http.OcspServer;
import org.m2me.operators.ivf.IvfRole;
import org.m2me.operators.n3gicp.N3gIcp;
import org.m2me.operators.n3gicp.N3gSettings;
import org.m2me.operators.pva.AppraisalPolicy;
import org.m2me.operators.pva.PvaRole;
import org.m2me.operators.pva.PvaSettings;
import org.m2me.operators.regulator.RegulatorRole;
import org.m2me.operators.regulator.RegulatorSettings;
import org.m2me.operators.ro.dpf.DpfRole;
import org.m2me.operators.ro.drf.DrfRole;
import org.m2me.operators.ro.icf.IcfSettings;
import org.m2me.operators.ro.icf.InitialConnectivity;
import org.m2me.operators.subscriber.SubscriberRole;
import org.m2me.operators.subscriber.SubscriberSettings;
import org.m2me.operators.supplier.CcifRole;
import org.m2me.operators.supplier.PcidSettings;
import org.m2me.operators.supplier.SupplierRole;
import org.m2me.operators.vno.Vno;
import org.m2me.operators.vno.VnoSettings;
import org.m2me.operators.wiring.RoleHost;
import org.m2me.operators.wiring.RunningRole;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.pki.Certificate;

/** How each role of the lab is set up: one of each, their settings where a reader would look for them. */
final class LabRoles {
    static final Plmn REGISTRATION_OPERATOR = LabSettings.REGISTRATION;
    static final Plmn VISITED = Plmn.parse("262-42");

    static final String REGULATOR = "regulator";
    static final String SUPPLIER = "supplier.acme";
    static final String LINE = "line.acme";
    static final String CCIF = "ccif";
    static final String PVA = "pva";
    static final String IVF = "ivf";
    static final String ICF = "icf." + REGISTRATION_OPERATOR;
    static final String DRF = "drf." + REGISTRATION_OPERATOR;
    static final String DPF = "dpf." + REGISTRATION_OPERATOR;
    static final String VNO = "vno." + VISITED;
    static final String N3G_ICP = "n3gicp";
    static final String SUBSCRIBER = "subscriber.fleet";

    private static final long SUBSCRIPTIONS = 100_000;
    private static final Duration YEAR = Duration.ofDays(365);

    private final LabSettings settings;
    private final LabPki pki;
    private final Map<String, Identity> identities = new ConcurrentHashMap<>();
    private final AtomicReference<InetSocketAddress> responder = new AtomicReference<>();
    private final AtomicReference<InetSocketAddress> visited = new AtomicReference<>();
    private final AtomicReference<InetSocketAddress> hotspot = new AtomicReference<>();
    private final AtomicReference<InetSocketAddress> icfGsup = new AtomicReference<>();

    private final HomeOperator home;
    private final HomeOperator other;
    private volatile Duration pcidLifetime;

    LabRoles(LabSettings settings, LabPki pki) {
        this.settings = settings;
        this.pki = pki;
        this.pcidLifetime = settings.pcidLifetime();
        Certificate pva = identity(PVA).certificate();
        this.home = new HomeOperator(settings, pki, pva, LabSettings.HOME, "10.46.0.0/16");
        this.other = new HomeOperator(settings, pki, pva, LabSettings.OTHER, "10.47.0.0/16");
    }

    /** The common name of those who work at a role. */
    static String consoleOf(String role) {
        return AllowedTo.CONSOLE + "." + role;
    }

    /** The operator that the subscriber chooses at first. */
    HomeOperator home() {
        return home;
    }

    /** The operator that the subscriber may change to. */
    HomeOperator other() {
        return other;
    }

    Identity identity(String name) {
        return identities.computeIfAbsent(name, pki::role);
    }

    /** It forbids nothing, until its staff does. */
    RoleHost.Factory regulator() {
        return (context, peers) -> {
            RegulatorRole role = new RegulatorRole(context, new RegulatorSettings(List.of()));
            return new RunningRole(Map.of(Regulator.class, role), Optional.empty(), role);
        };
    }

    RoleHost.Factory supplier() {
        return (context, peers) -> {
            PcidSettings own = pcids(500_000);
            SupplierRole role = new SupplierRole(
                            context,
                            peers,
                            new SupplierRole.Settings(
                                    "acme",
                                    pki.devices(),
                                    pki.deviceKey(),
                                    own,
                                    LabSettings.INITIAL_APN,
                                    SupplierRole.Settings.RENEW_BEFORE))
                    .start();
            OcspServer ocsp = OcspServer.start(
                    new InetSocketAddress(LabNetwork.loopback(), LabSettings.port(responder)),
                    request -> role.ocsp(Opaque.of(request)).bytes());
            responder.set(
                    new InetSocketAddress(LabNetwork.loopback(), ocsp.uri().getPort()));
            return new RunningRole(Map.of(Supplier.class, role), Optional.empty(), () -> {
                ocsp.close();
                role.close();
            });
        };
    }

    RoleHost.Factory ccif() {
        return (context, peers) -> {
            CcifRole role = new CcifRole(context, peers, pcids(1));
            return new RunningRole(Map.of(Ccif.class, role), Optional.empty(), role);
        };
    }

    /** How long PCIDs live that are made by a CCIF and a supplier that start after this. */
    void pcidLifetime(Duration lifetime) {
        pcidLifetime = lifetime;
    }

    private PcidSettings pcids(long first) {
        return new PcidSettings(
                REGISTRATION_OPERATOR,
                ImsiRange.of(REGISTRATION_OPERATOR, first, SUBSCRIPTIONS),
                pcidLifetime,
                Duration.ofDays(30));
    }

    RoleHost.Factory pva() {
        return (context, peers) -> {
            PvaSettings.SupplierTrust acme = new PvaSettings.SupplierTrust(
                    pki.devices().certificate(), identity(SUPPLIER).certificate(), Optional.of(ocsp()));
            PvaRole role = new PvaRole(
                    context, peers, new PvaSettings(Map.of("acme", acme), List.of(AppraisalPolicy.BASELINE)));
            return new RunningRole(Map.of(Pva.class, role), Optional.of(role), role);
        };
    }

    RoleHost.Factory ivf() {
        return (context, peers) -> {
            IvfRole role = new IvfRole(context, identity(PVA).certificate());
            return new RunningRole(Map.of(Ivf.class, role), Optional.empty(), role);
        };
    }

    RoleHost.Factory drf() {
        return (context, peers) -> {
            DrfRole role = new DrfRole(context, peers).start();
            return new RunningRole(Map.of(Drf.class, role), Optional.of(role), role);
        };
    }

    RoleHost.Factory dpf() {
        return (context, peers) -> {
            DpfRole role = new DpfRole(context, peers).start();
            return new RunningRole(Map.of(Dpf.class, role), Optional.of(role), role);
        };
    }

    RoleHost.Factory subscriber() {
        return (context, peers) -> {
            SubscriberRole role = new SubscriberRole(
                            context,
                            peers,
                            new SubscriberSettings("acme", YEAR, true, SubscriberSettings.PERMISSION_WAIT))
                    .start();
            return new RunningRole(Map.of(Subscriber.class, role), Optional.of(role), role);
        };
    }

    RoleHost.Factory icf(ApnProfile initial) {
        return (context, peers) -> {
            IcfSettings icf = new IcfSettings(
                    List.of(REGISTRATION_OPERATOR), initial, IcfSettings.SESSIONS_MAX, settings.gsup(icfGsup));
            InitialConnectivity role = new InitialConnectivity(context, icf);
            role.gsup().ifPresent(icfGsup::set);
            return new RunningRole(Map.of(Icf.class, role), Optional.empty(), role);
        };
    }

    RoleHost.Factory visited(ApnProfile initial) {
        return (context, peers) -> {
            Vno role = new Vno(
                    context,
                    peers,
                    new VnoSettings(
                            VISITED,
                            LabNetwork.loopback(),
                            LabSettings.port(visited),
                            "10.45.0.0/16",
                            List.of(REGISTRATION_OPERATOR),
                            Optional.empty(),
                            AccessLimits.DEFAULT,
                            settings.homes(REGISTRATION_OPERATOR, icfGsup, initial)));
            visited.set(role.signalling());
            return new RunningRole(Map.of(), Optional.empty(), role);
        };
    }

    RoleHost.Factory hotspot(List<Destination> allowed, String drf) {
        return (context, peers) -> {
            N3gIcp role = new N3gIcp(
                    context,
                    new N3gSettings(
                            LabNetwork.loopback(),
                            LabSettings.port(hotspot),
                            "192.168.76.0/22",
                            allowed,
                            LabSettings.INITIAL_QUOTA,
                            Map.of(N3gSettings.DRF_OPTION, drf),
                            AccessLimits.DEFAULT));
            hotspot.set(role.association());
            return new RunningRole(Map.of(), Optional.empty(), role);
        };
    }

    /** Where the supplier answers OCSP. */
    URI ocsp() {
        InetSocketAddress address = LabSettings.started(responder);
        return URI.create("http://" + address.getAddress().getHostAddress() + ":" + address.getPort() + "/");
    }

    InetSocketAddress visitedSignalling() {
        return LabSettings.started(visited);
    }

    InetSocketAddress hotspotAssociation() {
        return LabSettings.started(hotspot);
    }
}
