// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.gsup;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import org.m2me.operators.AuthenticationCentre.ApnProfile;
import org.m2me.operators.AuthenticationCentre.Resynchronisation;
import org.m2me.operators.AuthenticationCentre.VectorRequest;
import org.m2me.operators.auc.Auc;
import org.m2me.protocol.aka.AuthenticationVector;
import org.m2me.protocol.identity.Imsi;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.radio.GmmCause;
import org.m2me.protocol.radio.MalformedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One serving node. Its requests are done one after the other, in the order in which they come; what it asks beyond that
 * waits in its own connection.
 */
final class GsupPeer implements IpaLink.Listener {
    /** CANCEL_TYPE: the subscriber is elsewhere now. */
    static final int MOVED = 0;

    /** CANCEL_TYPE: the subscription is over. */
    static final int WITHDRAWN = 1;

    private static final Logger LOG = LoggerFactory.getLogger(GsupPeer.class);

    private static final int PACKET_DOMAIN = 1;
    static final Integer E_UTRAN = 3; // of CURRENT_RAT_TYPE; who serves EAP-AKA' says so too
    private static final Pattern NAME = Pattern.compile("[\\x21-\\x7e]{1," + Auc.NODE_LENGTH_MAX + "}");

    private final GsupServer server;
    private final IpaLink link;
    private final Runnable settled;
    private final Map<Imsi, Updating> updating = new ConcurrentHashMap<>();
    private volatile String node = "";

    /** A location update that waits until the node has taken the subscription. */
    private record Updating(GsupMessage request, Future<?> limit) {}

    /** @param settled to be run once it has said who it is */
    GsupPeer(GsupServer server, IpaLink link, Runnable settled) {
        this.server = server;
        this.link = link;
        this.settled = settled;
    }

    @Override
    public void heard(Ccm said) throws IOException {
        switch (said.type()) {
            case IDENTITY_RESPONSE -> identified(said);
            case IDENTITY_REQUEST -> throw new MalformedException("CCM: a serving node asks who its home is");
            case IDENTITY_REFUSED -> throw new MalformedException("CCM: a serving node refuses its home");
            case PING, PONG, IDENTITY_ACCEPTED -> LOG.trace("{}: {}", this, said.type());
        }
    }

    private void identified(Ccm said) throws IOException {
        String name = Optional.ofNullable(said.names().get(Ccm.SERIAL_NUMBER))
                .or(() -> Optional.ofNullable(said.names().get(Ccm.UNIT_NAME)))
                .orElse("");
        if (name.equals(node) && !node.isEmpty()) {
            return; // told twice
        }
        if (!node.isEmpty() || !NAME.matcher(name).matches()) {
            throw new MalformedException("CCM: the identity has no usable name, or another one than before");
        }
        if (!server.enter(name, this)) {
            link.sayLast(Ccm.of(Ccm.Type.IDENTITY_REFUSED));
            throw new MalformedException("another connection has its name " + name + ": each node needs its own");
        }
        node = name;
        settled.run();
    }

    /** Its name is its own. */
    void accept() {
        link.say(Ccm.of(Ccm.Type.IDENTITY_ACCEPTED));
    }

    @Override
    public void heard(byte[] octets) throws IOException {
        GsupMessage message;
        try {
            message = GsupMessage.decode(octets);
        } catch (MalformedException malformed) {
            GsupMessage.Head head = GsupMessage.head(octets)
                    .filter(it -> GsupType.isRequest(it.type()))
                    .orElseThrow(() -> malformed);
            refuseUnread(head, malformed);
            return;
        }
        try (message) {
            if (node.isEmpty()) {
                refuse(message, GmmCause.NETWORK_FAILURE, "it has not said who it is");
            } else {
                take(message);
            }
        }
    }

    /** The rest of a request is wrong, or its type is unknown: its sender is told so, and stays. */
    private void refuseUnread(GsupMessage.Head head, MalformedException why) {
        LOG.info("{}: a request for {} is refused: {}", this, head.imsi(), why.getMessage());
        link.say(GsupMessage.refusal(head));
    }

    private void take(GsupMessage message) {
        try {
            switch (message.type()) {
                case SEND_AUTH_INFO_REQUEST -> sendAuthInfo(message);
                case UPDATE_LOCATION_REQUEST -> updateLocation(message);
                case PURGE_MS_REQUEST -> purge(message);
                case INSERT_DATA_RESULT, INSERT_DATA_ERROR -> inserted(message);
                case LOCATION_CANCEL_RESULT, LOCATION_CANCEL_ERROR ->
                    server.locations().leave(message.imsi(), node);
                case AUTH_FAIL_REPORT -> LOG.info("{}: {} could not be authenticated there", this, message.imsi());
                default -> unexpected(message);
            }
        } catch (Refused refused) {
            refuse(message, Causes.of(refused.code()), String.valueOf(refused.getMessage()));
        } catch (RuntimeException fault) {
            refuse(message, GmmCause.NETWORK_FAILURE, fault.toString());
        }
    }

    private void unexpected(GsupMessage message) {
        if (message.type().isRequest()) {
            refuse(message, GmmCause.MESSAGE_TYPE_NOT_IMPLEMENTED, "a home does not do that");
        } else {
            LOG.debug("{}: {} of {} that nobody asked for", this, message.type(), message.imsi());
        }
    }

    private void refuse(GsupMessage message, GmmCause cause, String why) {
        LOG.info("{}: {} of {} is refused: {}", this, message.type(), message.imsi(), why);
        if (message.type().isRequest()) {
            answer(message, GsupMessage.error(message.type(), message.imsi(), cause));
        }
    }

    /** Says something to whoever asked, which may be behind a proxy that names it. */
    private void answer(GsupMessage request, GsupMessage answer) {
        Optional<Opaque> source = request.find(GsupTag.SOURCE_NAME);
        link.say(source.isPresent() ? answer.with(GsupMessage.plain(GsupTag.DESTINATION_NAME, source.get())) : answer);
    }

    private void sendAuthInfo(GsupMessage request) throws Refused {
        int wanted = request.octet(GsupTag.VECTORS_WANTED).orElse(Auc.VECTORS_MAX);
        Optional<Opaque> auts = request.find(GsupTag.AUTS);
        Optional<Opaque> rand = request.find(GsupTag.RAND);
        if (auts.isPresent() != rand.isPresent()) {
            throw new Refused(ResultCode.MALFORMED, "AUTS and RAND go together");
        }
        List<AuthenticationVector> vectors = server.home()
                .vectors(new VectorRequest(
                        request.imsi(),
                        node,
                        Math.min(wanted, Auc.VECTORS_MAX),
                        auts.map(it -> new Resynchronisation(rand.orElseThrow(), it)),
                        request.octet(GsupTag.CURRENT_RAT_TYPE)
                                .filter(E_UTRAN::equals)
                                .isPresent()));
        try (GsupMessage answer = new GsupMessage(
                request.type().result(),
                request.imsi(),
                vectors.stream().<GsupElement>map(GsupElement.Tuple::new).toList())) {
            answer(request, answer);
        }
    }

    private void updateLocation(GsupMessage request) throws Refused {
        Imsi imsi = request.imsi();
        if (request.octet(GsupTag.CN_DOMAIN).orElse(PACKET_DOMAIN) != PACKET_DOMAIN) {
            refuse(request, GmmCause.PLMN_NOT_ALLOWED, "there are subscriptions to packet service only");
            return;
        }
        List<ApnProfile> apns = server.home().subscription(imsi, node).apns();
        server.home().usage(imsi, server.newSession(), 0); // counted: one may come so many times
        if (updating.size() >= server.limits().outstanding()) {
            throw new Refused(ResultCode.BUSY, updating.size() + " location updates wait for this node");
        }
        List<GsupElement> elements = new ArrayList<>();
        elements.add(GsupMessage.plain(GsupTag.PDP_INFO_COMPLETE));
        for (ApnProfile apn : apns) {
            elements.add(new PdpInfo(elements.size(), apn.apn()).element());
        }
        elements.add(GsupMessage.plain(GsupTag.CN_DOMAIN, PACKET_DOMAIN));
        Future<?> limit = server.later(() -> notInserted(imsi), server.limits().answer());
        Updating older = updating.put(imsi, new Updating(request, limit));
        if (older != null) {
            older.limit().cancel(false); // asked again: one answer will do
        }
        answer(request, new GsupMessage(GsupType.INSERT_DATA_REQUEST, imsi, elements));
    }

    private void notInserted(Imsi imsi) {
        Updating late = updating.remove(imsi);
        if (late != null) {
            refuse(late.request(), GmmCause.NETWORK_FAILURE, "the node does not take the subscription in time");
        }
    }

    private void inserted(GsupMessage message) {
        Updating waiting = updating.remove(message.imsi());
        if (waiting == null) {
            LOG.debug("{}: {} of {} comes late", this, message.type(), message.imsi());
            return;
        }
        waiting.limit().cancel(false);
        if (message.type().isError()) {
            refuse(waiting.request(), GmmCause.NETWORK_FAILURE, "the node does not take the subscription");
            return;
        }
        server.moved(message.imsi(), node);
        answer(waiting.request(), GsupMessage.of(waiting.request().type().result(), message.imsi()));
    }

    private void purge(GsupMessage request) {
        server.locations().leave(request.imsi(), node);
        GsupMessage done = GsupMessage.of(request.type().result(), request.imsi());
        answer(request, done.with(GsupMessage.plain(GsupTag.FREEZE_PTMSI)));
    }

    /** The subscriber may not be served there any more. */
    void cancel(Imsi imsi, int type) {
        link.say(GsupMessage.of(GsupType.LOCATION_CANCEL_REQUEST, imsi, GsupMessage.plain(GsupTag.CANCEL_TYPE, type)));
    }

    /** The connection is over. */
    void end() {
        updating.values().forEach(waiting -> waiting.limit().cancel(false));
        updating.clear();
        if (!node.isEmpty()) {
            server.leave(node, this);
        }
    }

    @Override
    public String toString() {
        return node.isEmpty() ? link.peer() : node;
    }
}
