// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.access;

import java.io.EOFException;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.m2me.operators.AuthenticationCentre;
import org.m2me.operators.AuthenticationCentre.ApnProfile;
import org.m2me.protocol.identity.Imsi;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.radio.Frames;
import org.m2me.protocol.radio.GmmCause;
import org.m2me.protocol.radio.MalformedException;
import org.m2me.protocol.radio.MobileIdentity;
import org.m2me.protocol.radio.RadioMessage;
import org.m2me.protocol.radio.RoutingArea;
import org.m2me.protocol.radio.SmCause;
import org.m2me.protocol.radio.TunnelEndpoint;
import org.m2me.protocol.step.Step;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One device and the network: from its attach request until it detaches, is detached, or is lost. */
final class Attachment {
    private static final Logger LOG = LoggerFactory.getLogger(Attachment.class);

    /** One cell: an emulated network has no others. */
    private static final int LOCATION = 0x17;

    private static final int ROUTING = 1;
    private static final long LOCAL_PTMSI = 0xc0000000L; // the two highest bits of every P-TMSI (TS 23.003 2.6)
    private static final int SESSION_NAME = 8; // random bytes: no two are ever equal

    private final AccessNetwork network;
    private final RadioLink link;
    private final Map<Integer, OpenSession> sessions = new ConcurrentHashMap<>();
    private PcidSteps steps;
    private Optional<Imsi> imsi = Optional.empty();
    private String imei = "";

    private record OpenSession(String apn, PacketSession packets) {}

    /** An access point that the home lets it use here. */
    private record Access(String apn, PacketFilter filter, long quota) {
        /** @throws IllegalArgumentException if the home names destinations that do not exist */
        static Access to(ApnProfile profile) {
            return new Access(profile.apn(), PacketFilter.of(profile.allowed()), profile.quota());
        }
    }

    Attachment(AccessNetwork network, Socket socket) throws IOException {
        this.network = network;
        this.link = new RadioLink(socket, network.settings().limits().framesPerSecond(), network.clock());
        this.steps = new PcidSteps(network.context().steps(), Optional.empty());
    }

    /** Everything that is said, from the first word to the last. */
    void talk(Runnable settled) throws IOException {
        try {
            attach();
            settled.run();
            serve();
        } catch (AttachRefused refused) {
            LOG.info("{}: {} is refused: {}", network.settings().plmn(), link.device(), refused.detail());
            steps.refused(refused.code(), refused.detail());
            link.say(refused.answer());
        } catch (MalformedException hostile) {
            LOG.warn("{}: {} is cut off: {}", network.settings().plmn(), link.device(), hostile.getMessage());
        } catch (EOFException gone) {
            LOG.debug("{}: {} has gone", network.settings().plmn(), link.device());
        }
    }

    private void attach() throws AttachRefused, IOException {
        if (!(link.hear() instanceof RadioMessage.AttachRequest request)) {
            throw new MalformedException("signalling: does not begin with an attach request");
        }
        MobileIdentity identity = request.identity();
        if (identity.kind() == MobileIdentity.Kind.IMEI) {
            attachUnauthenticated(identity.digits());
        } else {
            attachSubscriber(new Imsi(known(identity, MobileIdentity.Kind.IMSI)));
        }
        long ptmsi = LOCAL_PTMSI | (network.context().random().nextInt() & 0xffffffffL);
        network.attached(this);
        link.say(
                new RadioMessage.AttachAccept(new RoutingArea(network.settings().plmn(), LOCATION, ROUTING), ptmsi));
        if (!(link.hear() instanceof RadioMessage.AttachComplete)) {
            throw new MalformedException("signalling: attach accept is not followed by attach complete");
        }
        LOG.info("{}: {} is attached", network.settings().plmn(), subject());
    }

    private void attachUnauthenticated(String digits) throws AttachRefused {
        imei = digits;
        if (network.settings().openAccess().isEmpty()) {
            throw new AttachRefused(GmmCause.IMEI_NOT_ACCEPTED, ResultCode.FORBIDDEN, "there is no open access here");
        }
    }

    private void attachSubscriber(Imsi claimed) throws AttachRefused, IOException {
        boolean pcid = network.settings().registrationOperators().stream().anyMatch(plmn -> plmn.isHomeOf(claimed));
        steps = new PcidSteps(network.context().steps(), pcid ? Optional.of(claimed) : Optional.empty());
        steps.take(Step.ATTACH_WITH_PCID, ResultCode.OK, "attach request", link.bytesUp(), 0);
        AuthenticationCentre home = network.homes()
                .of(claimed)
                .orElseThrow(() -> new AttachRefused(
                        GmmCause.PLMN_NOT_ALLOWED,
                        ResultCode.NOT_FOUND,
                        "no home network of " + claimed + " is known"));
        imei = asked(MobileIdentity.Kind.IMEI);
        new Authentication(link, steps, network.settings().servingNode()).authenticate(claimed, home);
        imsi = Optional.of(claimed);
    }

    private String known(MobileIdentity identity, MobileIdentity.Kind wanted) throws IOException {
        return identity.kind() == wanted ? identity.digits() : asked(wanted);
    }

    private String asked(MobileIdentity.Kind wanted) throws IOException {
        link.say(new RadioMessage.IdentityRequest(wanted));
        if (link.hear() instanceof RadioMessage.IdentityResponse response
                && response.identity().kind() == wanted) {
            return response.identity().digits();
        }
        throw new MalformedException("signalling: no answer to the request for an " + wanted);
    }

    private void serve() throws IOException {
        link.patience(network.settings().limits().idle().toMillis());
        while (true) {
            try {
                RadioMessage.Uplink said = link.hear();
                if (said instanceof RadioMessage.DetachRequest request) {
                    detached(request);
                    return;
                }
                if (said instanceof RadioMessage.NetworkDetachAccept) {
                    return;
                }
                manage(said);
            } catch (SocketTimeoutException silent) {
                if (sessions.isEmpty()) {
                    tell(new RadioMessage.NetworkDetach(true, GmmCause.IMPLICITLY_DETACHED.number()));
                    return;
                }
            }
        }
    }

    private void detached(RadioMessage.DetachRequest request) throws IOException {
        LOG.info("{}: {} detaches", network.settings().plmn(), subject());
        closeSessions();
        if (!request.powerOff()) {
            link.say(new RadioMessage.DetachAccept());
        }
    }

    private void manage(RadioMessage.Uplink said) throws IOException {
        if (said instanceof RadioMessage.ActivateRequest request) {
            activate(request);
        } else if (said instanceof RadioMessage.DeactivateRequest request) {
            end(request.transaction());
            link.say(new RadioMessage.DeactivateAccept(request.transaction()));
        } else if (!(said instanceof RadioMessage.NetworkDeactivateAccept)) {
            throw new MalformedException("signalling: " + said.getClass().getSimpleName() + " while attached");
        }
    }

    private void activate(RadioMessage.ActivateRequest request) throws IOException {
        int transaction = request.transaction();
        end(transaction); // the device has forgotten it (TS 24.008 6.1.3.1)
        Optional<Access> access;
        try {
            access = profile(request.apn().name()).map(Access::to);
        } catch (Refused refused) {
            boolean passing = refused.code() == ResultCode.BUSY || refused.code() == ResultCode.UNAVAILABLE;
            refuse(transaction, passing ? SmCause.NETWORK_FAILURE : SmCause.BARRED, refused.code(), refused.toString());
            return;
        } catch (RuntimeException unavailable) {
            refuse(transaction, SmCause.NETWORK_FAILURE, ResultCode.UNAVAILABLE, unavailable.toString());
            return;
        }
        if (access.isEmpty()) {
            refuse(transaction, SmCause.NOT_SUBSCRIBED, ResultCode.NOT_FOUND, "APN " + request.apn());
            return;
        }
        Optional<Inet4Address> address = network.addresses().take();
        if (address.isEmpty()) {
            refuse(transaction, SmCause.INSUFFICIENT_RESOURCES, ResultCode.BUSY, "no address is free");
            return;
        }
        accept(request, access.get(), address.get());
    }

    private Optional<ApnProfile> profile(String apn) throws Refused {
        List<ApnProfile> subscribed = List.of();
        if (imsi.isEmpty()) {
            subscribed = network.settings().openAccess().stream().toList();
        } else {
            var home = network.homes().of(imsi.get());
            if (home.isPresent()) {
                subscribed = home.get()
                        .subscription(imsi.get(), network.settings().servingNode())
                        .apns();
            }
        }
        return subscribed.stream()
                .filter(profile -> profile.apn().equalsIgnoreCase(apn))
                .findFirst();
    }

    private void accept(RadioMessage.ActivateRequest request, Access access, Inet4Address address) throws IOException {
        int transaction = request.transaction();
        InetSocketAddress peer = new InetSocketAddress(
                link.device().getAddress(), request.tunnel().port());
        var opening = new UserPlane.Opening(address, peer, request.tunnel().teid(), access.filter(), access.quota());
        PacketSession packets = network.plane().open(opening, new Watch(transaction, address));
        sessions.put(transaction, new OpenSession(access.apn(), packets));
        LOG.info("{}: {} has {} on {}", network.settings().plmn(), subject(), address.getHostAddress(), access.apn());
        var accept = new RadioMessage.ActivateAccept(
                transaction, address, new TunnelEndpoint(network.plane().port(), packets.teid()));
        int down = link.bytesDown() + Frames.sizeOf(accept.encode());
        String carried = "APN " + access.apn() + ", address " + address.getHostAddress();
        // Before the device knows: what it does next is a later step.
        steps.take(Step.PROVIDE_CONNECTIVITY, ResultCode.OK, carried, down, link.bytesUp());
        link.say(accept);
    }

    private void refuse(int transaction, SmCause cause, ResultCode code, String detail) throws IOException {
        LOG.info("{}: {} gets no session: {}", network.settings().plmn(), subject(), detail);
        steps.take(Step.PROVIDE_CONNECTIVITY, code, detail, link.bytesDown(), link.bytesUp());
        link.say(new RadioMessage.ActivateReject(transaction, cause.number()));
    }

    private void end(int transaction) {
        OpenSession session = sessions.remove(transaction);
        if (session != null) {
            session.packets().close();
        }
    }

    /** The user plane's news of one session. */
    private final class Watch implements PacketSession.Listener {
        private final int transaction;
        private final Inet4Address address;
        private final String name;

        Watch(int transaction, Inet4Address address) {
            this.transaction = transaction;
            this.address = address;
            byte[] random = new byte[SESSION_NAME];
            network.context().random().nextBytes(random);
            this.name = HexFormat.of().formatHex(random);
        }

        @Override
        public void used(long bytes) {
            imsi.ifPresent(subscriber -> network.soon(() -> network.reports().report(subscriber, name, bytes)));
        }

        @Override
        public void ended(PacketSession.End why) {
            sessions.remove(transaction);
            SmCause cause = why == PacketSession.End.QUOTA ? SmCause.BARRED : SmCause.REGULAR_DEACTIVATION;
            LOG.info("{}: {} loses its session: {}", network.settings().plmn(), subject(), why);
            network.soon(() -> tell(new RadioMessage.NetworkDeactivate(transaction, cause.number())));
        }

        @Override
        public void closed() {
            network.addresses().giveBack(address);
        }
    }

    /** Ends everything at once, and tells the device, if it still listens. */
    void detach(GmmCause cause) {
        closeSessions();
        network.soon(() -> {
            tell(new RadioMessage.NetworkDetach(cause == GmmCause.IMPLICITLY_DETACHED, cause.number()));
            link.cut();
        });
    }

    private void tell(RadioMessage.Downlink message) {
        try {
            link.say(message);
        } catch (IOException gone) {
            LOG.debug("{}: {} is not told: {}", network.settings().plmn(), subject(), gone.toString());
        }
    }

    private void closeSessions() {
        List.copyOf(sessions.keySet()).forEach(this::end);
    }

    private String subject() {
        return imsi.map(Imsi::digits).orElse("IMEI " + imei);
    }

    /** Who it is, once authenticated. */
    Optional<Imsi> imsi() {
        return imsi;
    }

    AccessNetwork.Attached snapshot() {
        List<AccessNetwork.Session> open = sessions.values().stream()
                .map(session -> new AccessNetwork.Session(
                        session.apn(),
                        session.packets().address().getHostAddress(),
                        session.packets().traffic()))
                .toList();
        return new AccessNetwork.Attached(imsi.map(Imsi::digits).orElse(imei), imei, imsi.isPresent(), open);
    }

    /** Nothing of it is left. */
    void close() {
        closeSessions();
        link.cut();
    }
}
