// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators;

import java.util.List;
import java.util.Optional;
import org.m2me.protocol.aka.AuthenticationVector;
import org.m2me.protocol.identity.Imsi;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.message.Refused;

/** What a serving network asks of the network that a subscription belongs to: an ICF for PCIDs, a SHO's own for its IMSIs. */
public interface AuthenticationCentre {
    /**
     * AUTS of a USIM and the RAND that it answers.
     *
     * @param rand 16 bytes
     * @param auts 14 bytes
     */
    record Resynchronisation(Opaque rand, Opaque auts) {}

    /**
     * What is asked for.
     *
     * @param servingNode who asks, by its whole name: each has an IND of its own
     * @param count vectors, 1 to 5
     * @param separated whether they are for E-UTRAN, EAP-AKA' or 5G, and good for nothing else (TS 33.102 annex H)
     */
    record VectorRequest(
            Imsi imsi,
            @OfCaller(wholeName = true) String servingNode,
            int count,
            Optional<Resynchronisation> resynchronisation,
            boolean separated) {}

    /**
     * Where packets may go.
     *
     * @param protocol IP protocol number: 17 is UDP
     * @param network an IPv4 prefix: {@code 10.0.0.0/8}, {@code 127.0.0.1/32}
     * @param port destination port; 0 is any
     */
    record Destination(int protocol, String network, int port) {}

    /**
     * An access point of a subscription.
     *
     * @param allowed nothing else passes
     * @param quota bytes both ways that are left: a session that comes to them is ended; 0 is no limit
     */
    record ApnProfile(String apn, List<Destination> allowed, long quota) {}

    /** What a subscription may do. */
    record SubscriptionData(Imsi imsi, List<ApnProfile> apns) {}

    /**
     * Vectors for a subscription that exists and is active. After a resynchronisation the first is fresh for the USIM.
     *
     * @throws Refused PCID_UNKNOWN, PCID_NOT_ACTIVE, QUOTA, AUTHENTICATION_FAILED (AUTS does not verify)
     */
    @AllowedTo("vno")
    List<AuthenticationVector> vectors(VectorRequest request) throws Refused;

    /** The subscription of somebody who has authenticated. @throws Refused as above */
    @AllowedTo("vno")
    SubscriptionData subscription(Imsi imsi, @OfCaller(wholeName = true) String servingNode) throws Refused;

    /**
     * What a session used, to be set against the quota; repeated reports of one session count once, by their highest.
     *
     * @throws Refused PCID_UNKNOWN, PCID_NOT_ACTIVE, QUOTA: the report counts all the same where there is a subscription,
     *     but its sessions are to end
     */
    @AllowedTo("vno")
    void usage(Imsi imsi, String session, long bytes) throws Refused;
}
