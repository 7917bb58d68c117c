// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab.network;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.m2me.lab.fault.Interference;
import org.m2me.operators.AuthenticationCentre.ApnProfile;
import org.m2me.operators.access.HomeRoute;
import org.m2me.operators.gsup.GsupSettings;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.step.StepObserver;

/**
 * What a lab is started with.
 *
 * @param directory for the roles' databases; must be empty or new
 * @param steps is told every step that any role takes
 * @param pcidLifetime of each PCID
 * @param mcimByDpf whether the DPF makes MCIMs from rules that the operator stored, instead of the operator itself
 * @param gsup whether access networks ask home networks over GSUP instead of HTTP
 * @param together which roles share a process
 * @param ivf whether operators ask the IVF in a change
 * @param interference what may harm the roles
 */
public record LabSettings(
        Path directory,
        Clock clock,
        SecureRandom random,
        StepObserver steps,
        Duration pcidLifetime,
        boolean mcimByDpf,
        boolean gsup,
        Together together,
        boolean ivf,
        Interference interference) {
    /** The operator that the subscriber chooses at first. */
    public static final Plmn HOME = Plmn.parse("262-01");
    /** The operator that the subscriber may change to. */
    public static final Plmn OTHER = Plmn.parse("262-02");
    /** Whose PCIDs devices have. */
    public static final Plmn REGISTRATION = Plmn.parse("901-70");
    /** The only access point of a PCID. */
    public static final String INITIAL_APN = "provisioning.ro";
    /** The access point of the subscription. */
    public static final String OPERATIONAL_APN = "m2m.sho";
    /** Bytes that a PCID may use: some hundred provisionings. */
    public static final long INITIAL_QUOTA = 1_000_000;
    /** What a WLAN module finds. */
    public static final String HOTSPOT = "m2m-registration";
    /** Every component of the agent's configuration; the operator's policy asks for each. */
    public static final Set<String> COMPONENTS = Set.of("runtime", "agent", "board", "config");

    /** How the IMSIs of an operator begin. */
    public static String imsisOf(Plmn operator) {
        return operator.mcc() + operator.mnc();
    }

    /** How a home network is asked over GSUP, if it is. @param before where it was asked in the run before */
    Optional<GsupSettings> gsup(AtomicReference<InetSocketAddress> before) {
        return gsup ? Optional.of(GsupSettings.onLoopback(port(before))) : Optional.empty();
    }

    /** Over GSUP the home names its access point only: what passes on it is agreed with the network. */
    List<HomeRoute> homes(Plmn network, AtomicReference<InetSocketAddress> home, ApnProfile agreed) {
        return gsup ? List.of(HomeRoute.byGsup(network, started(home), List.of(agreed))) : List.of();
    }

    /** The port of the run before, so that a restarted network is found where it was. */
    static int port(AtomicReference<InetSocketAddress> before) {
        InetSocketAddress address = before.get();
        return address == null ? 0 : address.getPort();
    }

    /** @throws IllegalStateException if it was not started */
    static InetSocketAddress started(AtomicReference<InetSocketAddress> address) {
        InetSocketAddress found = address.get();
        if (found == null) {
            throw new IllegalStateException("was not started");
        }
        return found;
    }
}
