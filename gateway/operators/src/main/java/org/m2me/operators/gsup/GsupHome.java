// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.gsup;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.m2me.operators.AuthenticationCentre;
import org.m2me.protocol.aka.AuthenticationVector;
import org.m2me.protocol.identity.Imsi;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.radio.MalformedException;

/**
 * A home network that is asked over GSUP, by one lasting connection. GSUP names access points and says nothing about
 * where packets may go, nor takes it what sessions used: both are agreed with that network beforehand.
 */
public final class GsupHome implements AuthenticationCentre, AutoCloseable {
    /** What a home network says of subscribers that are here. */
    public interface Visitors {
        /** The subscription is over. */
        void withdrawn(Imsi imsi);

        /** The subscriber attached elsewhere. */
        void moved(Imsi imsi);
    }

    /** Access points of one subscription. */
    private static final int ACCESS_POINTS_MAX = 10;

    private static final int PACKET_DOMAIN = 1;

    private final GsupClient client;
    private final List<ApnProfile> agreed;
    private final Visitors visitors;
    private final Set<Imsi> here = ConcurrentHashMap.newKeySet();

    private GsupHome(GsupRoute route, String servingNode, SecureRandom random, Visitors visitors) {
        this.agreed = route.agreed();
        this.visitors = visitors;
        this.client = new GsupClient(route, servingNode, random, this::asked);
    }

    /**
     * Connects, and keeps it so: when the connection is lost it is made again.
     *
     * @param servingNode how this network calls itself: each of its names has an IND of its own there
     */
    public static GsupHome start(GsupRoute route, String servingNode, SecureRandom random, Visitors visitors) {
        GsupHome home = new GsupHome(route, servingNode, random, visitors);
        home.client.start();
        return home;
    }

    @Override
    public List<AuthenticationVector> vectors(VectorRequest request) throws Refused {
        List<GsupElement> elements = new ArrayList<>();
        elements.add(GsupMessage.plain(GsupTag.CN_DOMAIN, PACKET_DOMAIN));
        request.resynchronisation().ifPresent(it -> {
            elements.add(GsupMessage.plain(GsupTag.AUTS, it.auts()));
            elements.add(GsupMessage.plain(GsupTag.RAND, it.rand()));
        });
        if (request.separated()) {
            elements.add(GsupMessage.plain(GsupTag.CURRENT_RAT_TYPE, GsupPeer.E_UTRAN));
        }
        elements.add(GsupMessage.plain(GsupTag.VECTORS_WANTED, request.count()));
        GsupMessage question = new GsupMessage(GsupType.SEND_AUTH_INFO_REQUEST, request.imsi(), elements);
        return accepted(client.ask(question)).answer().vectors();
    }

    @Override
    public SubscriptionData subscription(Imsi imsi, String servingNode) throws Refused {
        GsupMessage question = GsupMessage.of(
                GsupType.UPDATE_LOCATION_REQUEST, imsi, GsupMessage.plain(GsupTag.CN_DOMAIN, PACKET_DOMAIN));
        GsupClient.Outcome outcome = accepted(client.ask(question));
        here.add(imsi);
        Set<ApnProfile> open = new LinkedHashSet<>();
        try {
            for (PdpInfo access : outcome.accessPoints()) {
                agreed.stream()
                        .filter(apn ->
                                access.apn().equals(PdpInfo.ANY) || apn.apn().equalsIgnoreCase(access.apn()))
                        .forEach(open::add);
            }
            return new SubscriptionData(imsi, List.copyOf(open));
        } finally {
            outcome.answer().close();
        }
    }

    /** Nothing is told: GSUP has no words for it. */
    @Override
    public void usage(Imsi imsi, String session, long bytes) {}

    private static GsupClient.Outcome accepted(GsupClient.Outcome outcome) throws Refused {
        GsupMessage answer = outcome.answer();
        if (answer.type().isError()) {
            int cause = answer.octet(GsupTag.CAUSE).orElse(0);
            throw new Refused(Causes.code(cause), answer.type() + " of " + answer.imsi() + ", cause " + cause);
        }
        return outcome;
    }

    /** The subscriber has left: the home need not tell us any more about it. */
    public void left(Imsi imsi) {
        if (here.remove(imsi)) {
            client.tell(GsupMessage.of(
                    GsupType.PURGE_MS_REQUEST, imsi, GsupMessage.plain(GsupTag.CN_DOMAIN, PACKET_DOMAIN)));
        }
    }

    /** Something that the home wants; its answer. */
    private Optional<GsupMessage> asked(GsupMessage request) throws MalformedException {
        Imsi imsi = request.imsi();
        switch (request.type()) {
            case INSERT_DATA_REQUEST -> {
                client.collect(imsi, accessPoints(request));
                return Optional.of(GsupMessage.of(
                        request.type().result(), imsi, GsupMessage.plain(GsupTag.CN_DOMAIN, PACKET_DOMAIN)));
            }
            case DELETE_DATA_REQUEST -> {
                return Optional.of(GsupMessage.of(request.type().result(), imsi)); // what is not kept is deleted
            }
            case LOCATION_CANCEL_REQUEST -> {
                here.remove(imsi);
                if (request.octet(GsupTag.CANCEL_TYPE).orElse(GsupPeer.MOVED) == GsupPeer.WITHDRAWN) {
                    visitors.withdrawn(imsi);
                } else {
                    visitors.moved(imsi);
                }
                return Optional.of(GsupMessage.of(request.type().result(), imsi));
            }
            default -> {
                return Optional.empty();
            }
        }
    }

    static List<PdpInfo> accessPoints(GsupMessage message) throws MalformedException {
        List<PdpInfo> found = new ArrayList<>();
        for (var content : message.all(GsupTag.PDP_INFO)) {
            if (found.size() == ACCESS_POINTS_MAX) {
                throw new MalformedException("GSUP: more than " + ACCESS_POINTS_MAX + " access points");
            }
            found.add(PdpInfo.read(content));
        }
        return found;
    }

    @Override
    public void close() {
        client.close();
    }
}
