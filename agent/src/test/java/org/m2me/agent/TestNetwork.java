// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.m2me.protocol.cbor.CborException;
import org.m2me.protocol.crypto.ForgedException;
import org.m2me.protocol.evidence.Evidence;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.message.ActivationRequest;
import org.m2me.protocol.message.DeviceResource;
import org.m2me.protocol.message.Mail;
import org.m2me.protocol.message.OrderAnswer;
import org.m2me.protocol.message.ProvisioningReport;
import org.m2me.protocol.message.Register;
import org.m2me.protocol.message.RegisterAnswer;
import org.m2me.protocol.message.Relay;
import org.m2me.protocol.message.Release;
import org.m2me.protocol.message.ReleaseAcknowledgement;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.message.Telemetry;
import org.m2me.protocol.message.Verdict;
import org.m2me.protocol.pki.CertificateRefused;
import org.m2me.protocol.step.Procedure;

/** All roles in one: what a device's procedure looks like from the other side, with refusals that a test lays out. */
public final class TestNetwork {
    /** What the gateway says, in the words of its transport. */
    @SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
    public record Reply(int status, byte[] body) {}

    /** All but questions for an activation, which every beginning of work has. */
    public final List<DeviceResource> asked = Collections.synchronizedList(new ArrayList<>());

    final List<Register> registrations = new ArrayList<>();
    final List<Evidence> evidence = new ArrayList<>();
    final List<ProvisioningReport> reports = new ArrayList<>();
    final List<Telemetry> telemetry = new ArrayList<>();
    final List<OrderAnswer> answers = new ArrayList<>();
    final List<Release> releases = new ArrayList<>();
    final List<Relay> relays = new ArrayList<>();
    /** Of the PCID. */
    final List<Register> renewals = new ArrayList<>();

    final List<ActivationRequest> activationRequests = Collections.synchronizedList(new ArrayList<>());
    /** Operators that do not answer to releases. */
    final Set<Plmn> unreachable = new HashSet<>();
    /** Operators that do not take releases, and what they say instead. */
    final Map<Plmn, ResultCode> refusing = new HashMap<>();
    /** Whose the device is, as discovery has it. */
    Plmn expected = TestWorld.OPERATOR;

    private final TestWorld world;
    private final Map<DeviceResource, List<ResultCode>> refusals = new EnumMap<>(DeviceResource.class);
    private Optional<Nonce> registration = Optional.empty();
    private Optional<Nonce> challenge = Optional.empty();
    private Optional<byte[]> mcim = Optional.empty();
    private Optional<Mail.Order> order = Optional.empty();
    private Optional<ResultCode> end = Optional.empty();
    private Optional<Mail.Credential> credential = Optional.empty();
    private boolean supplierSilent;
    private Optional<byte[]> activation = Optional.empty();
    private long number;
    private boolean announced;
    private Damage damage = mcim -> mcim;

    /** What becomes of a MCIM on its way. */
    interface Damage {
        byte[] of(byte[] mcim);
    }

    public TestNetwork(TestWorld world) {
        this.world = world;
    }

    /** Answers the next requests to this resource with refusals. */
    synchronized void refuse(DeviceResource resource, ResultCode... codes) {
        refusals.computeIfAbsent(resource, r -> new ArrayList<>()).addAll(List.of(codes));
    }

    /** Tells devices that ask for mail that their procedure has ended. */
    synchronized void end(ResultCode code) {
        end = Optional.of(code);
    }

    /** They have not ended any more. */
    synchronized void end() {
        end = Optional.empty();
    }

    /** The owner wants something: it waits until it is answered. */
    synchronized void orders(Mail.Order wanted, Plmn operator) {
        order = Optional.of(wanted);
        expected = operator;
    }

    /** The activation service has this to say; telemetry is answered that something waits. */
    synchronized void activates(long counted, byte[] signed) {
        number = counted;
        activation = Optional.of(signed);
        announced = true;
    }

    /** Telemetry is answered that something waits: an application server hears that of the subscriber. */
    synchronized void announces() {
        announced = true;
    }

    /** Forgets what it has for the registration that is open. */
    synchronized void forget() {
        challenge = Optional.empty();
        mcim = Optional.empty();
    }

    synchronized void damage(Damage how) {
        damage = how;
    }

    /** The answer to a request. */
    public synchronized Reply answer(DeviceResource resource, byte[] body) {
        if (resource != DeviceResource.ACTIVATION) {
            asked.add(resource);
        }
        List<ResultCode> refused = refusals.getOrDefault(resource, List.of());
        if (!refused.isEmpty()) {
            return refusal(refused.remove(0));
        }
        try {
            return switch (resource) {
                case REGISTER -> register(Register.decode(body));
                case MAIL -> new Reply(205, mail().map(Mail::encode).orElse(new byte[0]));
                case EVIDENCE -> evidence(body);
                case REPORT -> report(body);
                case TELEMETRY -> telemetry(Telemetry.decode(body));
                case ORDER -> answered(OrderAnswer.decode(body));
                case RELEASE -> release(body);
                case RELAY -> relay(Relay.decode(body));
                case ACTIVATION -> activation(ActivationRequest.decode(body));
            };
        } catch (CborException | ForgedException | CertificateRefused malformed) {
            return refusal(ResultCode.MALFORMED);
        }
    }

    private static Reply refusal(ResultCode code) {
        return new Reply(code.status(), new Verdict(code).encode());
    }

    private static Reply ok() {
        return new Reply(204, new Verdict(ResultCode.OK).encode());
    }

    /** Nothing comes of renewals, or something again. */
    synchronized void supplierIsSilent(boolean silent) {
        supplierSilent = silent;
    }

    /** The mailbox has, and keeps, the new PCID of a renewal that is over. */
    synchronized void hasOneOfThePast() {
        registration = Optional.of(Nonce.random(world.random));
        credential = registration.map(world::credential);
        supplierSilent = true;
    }

    private Reply register(Register register) {
        if (register.procedure() == Procedure.RENEWAL) {
            renewals.add(register);
            registration = Optional.of(register.registration());
            if (!supplierSilent) {
                credential = registration.map(world::credential);
            }
            return ok();
        }
        registrations.add(register);
        if (!registration.equals(Optional.of(register.registration()))) {
            registration = Optional.of(register.registration());
            boolean known = register.procedure().isChange(); // somebody has a result about the device
            challenge = known ? Optional.empty() : Optional.of(Nonce.random(world.random));
            mcim = known ? Optional.of(world.mcim(expected, register.registration())) : Optional.empty();
        }
        return new Reply(204, new RegisterAnswer(expected, world.certificateOf(expected)).encode());
    }

    private Optional<Mail> mail() {
        if (order.isPresent()) {
            return Optional.of(order.get());
        }
        if (registration.isEmpty()) {
            return Optional.empty();
        }
        Nonce open = registration.get();
        if (end.isPresent()) {
            return Optional.of(new Mail.Refusal(open, end.get()));
        }
        if (challenge.isPresent()) {
            return Optional.of(new Mail.Challenge(open, challenge.get()));
        }
        if (credential.isPresent()) {
            return Optional.of(credential.get());
        }
        return mcim.map(envelope -> new Mail.Download(open, Opaque.of(damage.of(envelope))));
    }

    private Reply evidence(byte[] body) throws ForgedException {
        Evidence seen = Evidence.verify(body, world.platformKey());
        evidence.add(seen);
        if (challenge.isPresent() && seen.nonce().equals(challenge.get())) {
            challenge = Optional.empty();
            mcim = Optional.of(world.mcim(expected, registration.orElseThrow()));
        }
        return ok();
    }

    private Reply report(byte[] body) throws ForgedException {
        ProvisioningReport report = ProvisioningReport.verify(body, world.platformKey());
        if (!reports.contains(report)) {
            reports.add(report);
        }
        mcim = Optional.empty();
        credential = Optional.empty();
        return ok();
    }

    private Reply telemetry(Telemetry message) {
        telemetry.add(message);
        return new Reply(204, new Verdict(ResultCode.OK, order.isPresent() || announced).encode());
    }

    private Reply activation(ActivationRequest request) {
        activationRequests.add(request);
        announced = false;
        if (request.held() >= number) {
            return new Reply(204, new byte[0]);
        }
        return new Reply(204, activation.orElse(new byte[0]));
    }

    private Reply answered(OrderAnswer answer) {
        answers.add(answer);
        order = order.filter(waiting -> !waiting.registration().equals(answer.id()));
        return ok();
    }

    private Reply release(byte[] body) throws ForgedException {
        Release release = Release.verify(body, world.platformKey().thumbprint());
        if (unreachable.contains(release.operator())) {
            return refusal(ResultCode.UNAVAILABLE);
        }
        ResultCode no = refusing.get(release.operator());
        if (no != null) {
            return refusal(no);
        }
        releases.add(release);
        return new Reply(204, world.acknowledgement(release.operator()));
    }

    private Reply relay(Relay relay) throws ForgedException, CertificateRefused {
        ReleaseAcknowledgement.verify(relay.acknowledgement().bytes(), world.anchors(), world.clock.instant());
        relays.add(relay);
        return ok();
    }
}
