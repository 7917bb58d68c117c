// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.ro.drf;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.m2me.operators.Authorization;
import org.m2me.operators.DeviceFeedLog;
import org.m2me.operators.DeviceService;
import org.m2me.operators.Drf;
import org.m2me.operators.Icf;
import org.m2me.operators.Peers;
import org.m2me.operators.Sho;
import org.m2me.operators.Unavailable;
import org.m2me.operators.ro.drf.Registrations.Registration;
import org.m2me.operators.ro.drf.Registrations.State;
import org.m2me.operators.store.Database;
import org.m2me.operators.store.Outbox;
import org.m2me.operators.wiring.RoleContext;
import org.m2me.protocol.cbor.CborException;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Pcid;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.DeviceFeed;
import org.m2me.protocol.message.DeviceResource;
import org.m2me.protocol.message.Mail;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.Register;
import org.m2me.protocol.message.RegisterAnswer;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.pki.Certificate;
import org.m2me.protocol.pki.CertificatePath;
import org.m2me.protocol.pki.CertificateRefused;
import org.m2me.protocol.pki.CertificateRefused.Reason;
import org.m2me.protocol.step.Procedure;
import org.m2me.protocol.step.Step;
import org.m2me.protocol.step.Steps;
import org.m2me.protocol.step.Steps.Carried;

/**
 * The DRF: takes steps 5 and 6, owes step 7; in a change of operator it
 * passes a device's release on to the old one, in a renewal its wish for a new PCID to the CCIF. It answers a device at once, with what its operator said beforehand; the
 * operator hears of the registration by the outbox.
 *
 * <p>A device has at most one open registration. A new nonce replaces it: a device that asks anew has given the old one
 * up, for its Trusted Environment takes a MCIM for one nonce only.
 */
public final class DrfRole implements Drf, DeviceService, AutoCloseable {
    /** Registrations a device may open in a day: each costs an appraisal, and an honest device repeats its nonce. */
    static final int REGISTRATIONS_PER_DAY = 100;

    private static final Duration DAY = Duration.ofDays(1);

    /** Outbox: step 7, keyed by the nonce. */
    private static final String REGISTER = "register";

    private final RoleContext context;
    private final Steps steps;
    private final Peers peers;
    private final Database database;
    private final DeviceFeedLog feed;
    private final Releases releases;
    private final Renewals renewals;
    private final Outbox outbox;

    public DrfRole(RoleContext context, Peers peers) {
        this.context = context;
        this.steps = context.steps();
        this.peers = peers;
        List<String> schema = new ArrayList<>(Discovery.SCHEMA);
        schema.addAll(Registrations.SCHEMA);
        schema.addAll(Releases.SCHEMA);
        schema.addAll(Renewals.SCHEMA);
        schema.add(Outbox.SCHEMA);
        this.database = Database.open(context.directory().resolve("drf.db"), schema.toArray(String[]::new));
        this.feed = new DeviceFeedLog(context.clock(), database.read(DrfRole::refused));
        this.releases = new Releases(database, peers, steps);
        this.renewals = new Renewals(database, peers, context.clock());
        this.outbox = Outbox.of(
                database,
                context.clock(),
                context.random(),
                Map.of(REGISTER, this::registerWithSho, Renewals.RENEW, renewals::passOn),
                this::givenUp);
    }

    private static List<Ueid> refused(Connection connection) throws SQLException {
        List<Ueid> devices = new ArrayList<>(Registrations.refused(connection));
        devices.addAll(Renewals.refused(connection));
        return devices;
    }

    /** Begins to work off what is owed. To be called when the peers are in place. */
    public DrfRole start() {
        outbox.start();
        return this;
    }

    @Override
    public void expect(Expectation expectation) throws Refused {
        check(expectation);
        database.change(connection -> Discovery.expect(connection, expectation));
    }

    @Override
    public void withdrawn(Ueid device, Plmn operator) {
        database.change(connection -> Discovery.withdrawn(connection, device, operator));
    }

    @Override
    public void subscribed(Expectation subscription) throws Refused {
        check(subscription);
        database.change(connection -> {
            if (!Discovery.isSubscribed(connection, subscription)) {
                Discovery.subscribed(connection, subscription);
                steps.report(
                        Step.REGISTER_SUBSCRIPTION,
                        subscription.device().hex(),
                        ResultCode.OK,
                        new Carried("subscribes to " + subscription.operator(), 0, 0));
            }
        });
    }

    @Override
    public Optional<Plmn> operatorOf(Ueid device) {
        return database.read(connection -> Discovery.of(connection, device)).map(Expectation::operator);
    }

    private void check(Expectation expectation) throws Refused {
        try {
            Certificate certificate =
                    Certificate.parse(expectation.certificate().bytes());
            CertificatePath.verify(certificate, context.anchors(), now());
            if (!certificate.commonName().equals(Authorization.nameOf(expectation.operator()))) {
                throw new Refused(
                        ResultCode.FORBIDDEN,
                        "expectation: " + certificate.commonName() + " does not speak for " + expectation.operator());
            }
            RegisterAnswer unused = new RegisterAnswer(expectation.operator(), certificate); // devices can take it
        } catch (CertificateRefused distrusted) {
            // By a clock that is wrong nothing is decided: the operator comes again.
            ResultCode code =
                    distrusted.reason() == Reason.NOT_YET_VALID ? ResultCode.UNAVAILABLE : ResultCode.FORBIDDEN;
            throw new Refused(code, "expectation: operator's certificate " + distrusted.getMessage());
        } catch (IllegalArgumentException malformed) {
            throw new Refused(ResultCode.FORBIDDEN, "expectation: operator's certificate " + malformed.getMessage());
        }
    }

    @Override
    public void refuse(Nonce registration, Plmn operator, ResultCode code) throws Refused {
        database.change(connection -> {
            Registration known = Registrations.find(connection, registration)
                    .orElseThrow(() -> new Refused(ResultCode.NOT_FOUND, "refusal: no registration " + registration));
            if (!known.operator().equals(operator)) {
                throw new Refused(
                        ResultCode.FORBIDDEN, "refusal: registration " + registration + " is not with " + operator);
            }
            if (known.state() == State.OPEN) {
                end(connection, known, code);
            }
        });
    }

    @Override
    public Optional<byte[]> answer(Ueid device, DeviceResource resource, byte[] body) throws Refused {
        if (body.length > resource.sizeMax()) {
            throw new Refused(ResultCode.TOO_LARGE, resource + ": " + body.length + " bytes");
        }
        return switch (resource) {
            case REGISTER -> Optional.of(register(device, body));
            case MAIL -> mail(device);
            case RELEASE -> Optional.of(releases.pass(device, body));
            case EVIDENCE, REPORT, TELEMETRY, ORDER, RELAY, ACTIVATION ->
                throw new Refused(ResultCode.NOT_FOUND, resource + " is not for the DRF");
        };
    }

    @Override
    public DeviceFeed feed(long after, Duration wait) throws InterruptedException {
        return feed.feed(after, wait);
    }

    private Optional<byte[]> mail(Ueid device) {
        return database.read(connection -> refusal(connection, device)).map(Mail::encode);
    }

    private static Optional<Mail.Refusal> refusal(Connection connection, Ueid device) throws SQLException {
        Optional<Mail.Refusal> renewal = Renewals.refusal(connection, device);
        return renewal.isPresent()
                ? renewal
                : Registrations.refusal(connection, device)
                        .map(refused -> new Mail.Refusal(refused.nonce(), refused.code()));
    }

    private byte[] register(Ueid device, byte[] body) throws Refused {
        Register asked = decode(body);
        if (asked.procedure() == Procedure.RENEWAL) {
            return renewals.take(device, asked, outbox);
        }
        Optional<Registration> known =
                database.read(connection -> Registrations.find(connection, asked.registration()));
        if (known.isPresent()) {
            return answerTo(repeated(known.get(), device, asked));
        }
        if (asked.pcid().isPresent()) {
            askIcf(device, asked.pcid().get(), body.length);
        }
        return database.transact(connection -> open(connection, device, asked, body.length));
    }

    /** The same message of the same device gets the same answer; anything else with this nonce is not the first. */
    private static Registration repeated(Registration known, Ueid device, Register asked) throws Refused {
        // Its state may have changed since it first asked: what it said then is what counts.
        boolean same = known.device().equals(device)
                && known.asked().pcid().equals(asked.pcid())
                && known.asked().procedure() == asked.procedure();
        if (!same || known.state() != State.OPEN) {
            throw new Refused(
                    ResultCode.NONCE_USED,
                    "registration " + known.nonce() + ": " + known.state() + ", asked for by " + device);
        }
        return known;
    }

    /** "Internally, the RO forwards the PCID from its ICF to its DRF function" (step 5). */
    private void askIcf(Ueid device, Pcid pcid, int size) throws Refused {
        try {
            Icf.PcidStatus status = peers.icf().status(pcid);
            if (!status.active() || !status.expires().isAfter(now())) {
                throw new Refused(ResultCode.PCID_NOT_ACTIVE, "registration: PCID " + pcid + " is not active");
            }
        } catch (Unavailable silent) {
            throw new Refused(ResultCode.UNAVAILABLE, "registration: the ICF does not answer: " + silent.getMessage());
        } catch (Refused refused) {
            steps.report(Step.CONTACT_RO, device.hex(), refused.code(), new Carried("PCID " + pcid, size, 0));
            throw refused;
        }
    }

    private byte[] open(Connection connection, Ueid device, Register asked, int size) throws SQLException, Refused {
        Optional<Registration> meanwhile = Registrations.find(connection, asked.registration());
        if (meanwhile.isPresent()) {
            return answerTo(repeated(meanwhile.get(), device, asked));
        }
        if (Renewals.has(connection, asked.registration())) {
            throw new Refused(
                    ResultCode.NONCE_USED, "registration " + asked.registration() + ": was opened for a renewal");
        }
        if (Registrations.countSince(connection, device, now().minus(DAY)) >= REGISTRATIONS_PER_DAY) {
            throw new Refused(
                    ResultCode.BUSY,
                    "registration: " + device + " opened " + REGISTRATIONS_PER_DAY + " within a day; wait");
        }
        String carried = "registration nonce"
                + asked.pcid().map(pcid -> ", PCID " + pcid).orElse("");
        Expectation expected = Discovery.of(connection, device).orElse(null);
        if (expected == null) {
            // Nothing is kept, so the device comes again with the same nonce: step 5 counts when step 6 succeeds.
            steps.report(Step.DISCOVER_SHO, device.hex(), ResultCode.NO_OPERATOR, new Carried("", 0, 0));
            throw new Refused(ResultCode.NO_OPERATOR, "registration: no operator waits for " + device);
        }
        Registration opened =
                new Registration(device, asked, expected.operator(), expected.certificate(), State.OPEN, ResultCode.OK);
        Registrations.open(connection, opened, now());
        Renewals.replaced(connection, device);
        Discovery.met(connection, device);
        outbox.add(connection, REGISTER, opened.nonce().toString(), new byte[0]);
        byte[] answer = answerTo(opened);
        // Last in the transaction: nobody hears of step 7 before it is committed.
        steps.report(Step.CONTACT_RO, device.hex(), ResultCode.OK, new Carried(carried, size, answer.length));
        steps.report(Step.DISCOVER_SHO, device.hex(), ResultCode.OK, new Carried("SHO " + opened.operator(), 0, 0));
        return answer;
    }

    private static byte[] answerTo(Registration registration) {
        Certificate certificate = Certificate.parse(registration.certificate().bytes());
        return new RegisterAnswer(registration.operator(), certificate).encode();
    }

    private static Register decode(byte[] body) throws Refused {
        try {
            return Register.decode(body);
        } catch (CborException malformed) {
            throw new Refused(ResultCode.MALFORMED, "register: " + malformed.getMessage());
        }
    }

    private Outbox.FollowUp registerWithSho(String key, byte[] body) throws Refused {
        Registration owed = database.read(connection -> Registrations.find(connection, nonce(key)))
                .orElseThrow();
        if (owed.state() == State.OPEN) {
            Register asked = owed.asked();
            sho(owed)
                    .register(new Sho.Registration(
                            asked.registration(), owed.device(), asked.pcid(), asked.procedure(), asked.state()));
        }
        return Outbox.FollowUp.NONE;
    }

    private Sho sho(Registration registration) throws Refused {
        try {
            return peers.sho(registration.operator());
        } catch (IllegalArgumentException unknown) {
            throw new Refused(ResultCode.NO_OPERATOR, "registration: " + unknown.getMessage());
        }
    }

    private void givenUp(Connection connection, String kind, String key, byte[] body, Exception why)
            throws SQLException {
        ResultCode code = why instanceof Refused refused ? refused.code() : ResultCode.UNAVAILABLE;
        if (kind.equals(Renewals.RENEW)) {
            Renewals.givenUp(connection, key, code)
                    .ifPresent(device -> database.afterCommit(() -> feed.announce(device)));
            return;
        }
        Registration owed = Registrations.find(connection, nonce(key)).orElseThrow();
        if (owed.state() == State.OPEN) {
            end(connection, owed, code);
        }
    }

    private void end(Connection connection, Registration registration, ResultCode code) throws SQLException {
        Registrations.refuse(connection, registration.nonce(), code);
        database.afterCommit(() -> feed.announce(registration.device()));
    }

    private static Nonce nonce(String key) {
        return new Nonce(Opaque.hex(key));
    }

    private Instant now() {
        return context.clock().instant();
    }

    /** Everything that was acknowledged is durable: what is owed is worked off after the next start. */
    @Override
    public void close() {
        outbox.close();
        releases.close();
        database.close();
    }
}
