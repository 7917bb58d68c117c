// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab.network;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.m2me.operators.AuthenticationCentre.ApnProfile;
import org.m2me.operators.Campaigns;
import org.m2me.operators.ImsiRange;
import org.m2me.operators.Sho;
import org.m2me.operators.access.AccessLimits;
import org.m2me.operators.access.AccessNetwork;
import org.m2me.operators.access.AccessSettings;
import org.m2me.operators.pva.AppraisalPolicy;
import org.m2me.operators.sho.ShoRole;
import org.m2me.operators.sho.ShoSettings;
import org.m2me.operators.sho.ValidationPolicy;
import org.m2me.operators.wiring.RoleHost;
import org.m2me.operators.wiring.RunningRole;
import org.m2me.protocol.aka.AkaAlgorithm;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.pki.Certificate;

/** One operator that devices can have a subscription of: its SHO, and its network. */
final class HomeOperator {
    private static final long SUBSCRIPTIONS = 100_000;
    private static final int POOL = 8; // a handful ready, the rest when they are needed: both ways are used
    private static final int OPC_LENGTH = 16;

    private final LabSettings settings;
    private final LabPki pki;
    private final Certificate pva;
    private final Plmn plmn;
    private final String addresses;
    private final AtomicReference<InetSocketAddress> signalling = new AtomicReference<>();
    private final AtomicReference<InetSocketAddress> gsup = new AtomicReference<>();

    /** @param addresses that its network gives to devices, an IPv4 prefix */
    HomeOperator(LabSettings settings, LabPki pki, Certificate pva, Plmn plmn, String addresses) {
        this.settings = settings;
        this.pki = pki;
        this.pva = pva;
        this.plmn = plmn;
        this.addresses = addresses;
    }

    /** What its SHO is called. */
    String sho() {
        return "sho." + plmn;
    }

    /** What its network is called. */
    String network() {
        return "vno." + plmn;
    }

    RoleHost.Factory sho(ApnProfile operational) {
        Optional<ShoSettings.Delegation> delegation =
                settings.mcimByDpf() ? Optional.of(delegation()) : Optional.empty();
        return (context, peers) -> {
            ShoSettings sho = new ShoSettings(
                    plmn,
                    new ValidationPolicy(AppraisalPolicy.BASELINE.id(), true, LabSettings.COMPONENTS),
                    pva,
                    new ShoSettings.Subscriptions(imsis(1), POOL, AkaAlgorithm.MILENAGE, Optional.empty()),
                    operational,
                    Duration.ofDays(1),
                    delegation,
                    settings.ivf() ? Optional.of(new ShoSettings.Inquiries(Optional.empty())) : Optional.empty(),
                    settings.gsup(gsup));
            ShoRole role = new ShoRole(context, peers, sho).start();
            role.gsup().ifPresent(gsup::set);
            return new RunningRole(Map.of(Sho.class, role, Campaigns.class, role.campaigns()), Optional.empty(), role);
        };
    }

    private ShoSettings.Delegation delegation() {
        P256PrivateKey key = P256PrivateKey.generate(settings.random());
        return new ShoSettings.Delegation(
                imsis(500_000),
                SecretBytes.random(OPC_LENGTH, settings.random()),
                pki.role(sho(), key.publicKey()),
                key);
    }

    private ImsiRange imsis(long first) {
        return ImsiRange.of(plmn, first, SUBSCRIPTIONS);
    }

    /** @param visitors registration operators whose PCIDs it lets in too */
    RoleHost.Factory network(ApnProfile operational, List<Plmn> visitors) {
        return (context, peers) -> {
            AccessNetwork role = AccessNetwork.start(
                    context,
                    peers,
                    new AccessSettings(
                            plmn,
                            network(),
                            LabNetwork.loopback(),
                            LabSettings.port(signalling),
                            addresses,
                            visitors,
                            Optional.empty(),
                            AccessLimits.DEFAULT,
                            settings.homes(plmn, gsup, operational)));
            signalling.set(role.signalling());
            return new RunningRole(Map.of(), Optional.empty(), role);
        };
    }

    /** Where modems find its network. */
    InetSocketAddress signalling() {
        return LabSettings.started(signalling);
    }
}
