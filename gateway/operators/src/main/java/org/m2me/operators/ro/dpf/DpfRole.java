// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.ro.dpf;

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
import org.m2me.operators.Dpf;
import org.m2me.operators.Peers;
import org.m2me.operators.Regulator.What;
import org.m2me.operators.Sho;
import org.m2me.operators.audit.AuditDebts;
import org.m2me.operators.audit.AuditDebts.Deed;
import org.m2me.operators.ro.dpf.Provisionings.Provisioning;
import org.m2me.operators.ro.dpf.Provisionings.State;
import org.m2me.operators.store.Database;
import org.m2me.operators.store.Outbox;
import org.m2me.operators.wiring.RoleContext;
import org.m2me.protocol.crypto.ForgedException;
import org.m2me.protocol.envelope.McimEnvelope;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.DeviceFeed;
import org.m2me.protocol.message.DeviceResource;
import org.m2me.protocol.message.Mail;
import org.m2me.protocol.message.ProvisioningReport;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.message.Verdict;
import org.m2me.protocol.step.Step;
import org.m2me.protocol.step.Steps;
import org.m2me.protocol.step.Steps.Carried;

/**
 * The DPF: takes steps 11, 12 and 13, owes step 14, and relays what an old operator acknowledged. It relies on the operator's authorisation and on nothing else; what it
 * hands to the device it cannot open, unless the operator gave it rules to make it by.
 */
public final class DpfRole implements Dpf, DeviceService, AutoCloseable {
    /** Outbox: credentials that were made here, to the operator before the device; keyed by the registration. */
    private static final String GENERATED = "generated";

    /** Outbox: step 14, keyed by the registration. */
    private static final String OUTCOME = "outcome";

    /** Outbox: step 11 of a change, keyed by the registration. */
    private static final String RELAY = "relay";

    private final RoleContext context;
    private final Steps steps;
    private final Peers peers;
    private final StoredRules rules;
    private final Database database;
    private final Credentials credentials;
    private final AuditDebts audit;
    private final DeviceFeedLog feed;
    private final Outbox outbox;

    public DpfRole(RoleContext context, Peers peers) {
        this.context = context;
        this.steps = context.steps();
        this.peers = peers;
        this.rules = new StoredRules(context);
        List<String> schema = new ArrayList<>(Provisionings.SCHEMA);
        schema.addAll(StoredRules.SCHEMA);
        schema.addAll(Credentials.SCHEMA);
        schema.addAll(AuditDebts.SCHEMA);
        schema.add(Outbox.SCHEMA);
        this.database = Database.open(context.directory().resolve("dpf.db"), schema.toArray(String[]::new));
        this.credentials = new Credentials(context, peers, database);
        this.audit = new AuditDebts(context, peers, database);
        this.feed = new DeviceFeedLog(context.clock(), database.read(credentials::devicesWaiting));
        this.outbox = Outbox.of(
                database,
                context.clock(),
                context.random(),
                Map.of(
                        GENERATED,
                        this::adviseOperator,
                        OUTCOME,
                        this::reportOutcome,
                        RELAY,
                        this::relay,
                        Credentials.RENEWED,
                        credentials::tellSupplier,
                        AuditDebts.KIND,
                        audit::tell),
                this::givenUp);
        audit.through(outbox);
    }

    /** Begins to work off what is owed. To be called when the peers are in place. */
    public DpfRole start() {
        outbox.start();
        return this;
    }

    @Override
    public void rules(Rules stored) throws Refused {
        rules.check(stored);
        database.change(connection -> rules.store(connection, stored));
    }

    @Override
    public void authorize(Order order) throws Refused {
        try {
            Authorization by = verify(order);
            database.change(connection -> accept(connection, order, by));
        } catch (Refused refused) {
            if (refused.code() != ResultCode.UNAVAILABLE) {
                steps.report(
                        Step.AUTHORIZE_PROVISIONING,
                        order.device().hex(),
                        refused.code(),
                        new Carried("authorisation", size(order), 0));
            }
            throw refused;
        }
    }

    /** Signed by the operator that the order names, for its device and registration. */
    private Authorization verify(Order order) throws Refused {
        try {
            Authorization by = Authorization.verify(order.token(), context.anchors(), now());
            boolean fits = by.registration().equals(order.registration())
                    && by.device().equals(order.device())
                    && by.operator().equals(order.operator())
                    && by.content().covers(order.envelope());
            if (!fits) {
                throw new Refused(
                        ResultCode.NOT_AUTHORIZED,
                        "order: the authorisation is for " + by.device() + " of " + by.operator()
                                + ", or another MCIM");
            }
            return by;
        } catch (ForgedException forged) {
            throw new Refused(ResultCode.NOT_AUTHORIZED, "order: " + forged.getMessage());
        }
    }

    private void accept(Connection connection, Order order, Authorization by) throws SQLException, Refused {
        Optional<Provisioning> known = Provisionings.find(connection, order.registration());
        if (known.isPresent() && known.get().token().equals(by.id())) {
            return; // repeated after a lost answer
        }
        if (known.isPresent() || Provisionings.hasServed(connection, by.id())) {
            throw new Refused(ResultCode.NOT_AUTHORIZED, "order: the authorisation or registration has served already");
        }
        if (!by.expires().isAfter(now())) {
            throw new Refused(ResultCode.NOT_AUTHORIZED, "order: the authorisation expired at " + by.expires());
        }
        if (by.content() instanceof Authorization.Making making) {
            rules.make(connection, by, making);
            outbox.add(connection, GENERATED, by.registration().toString(), new byte[0]);
        } else {
            keep(connection, by, order.envelope().orElseThrow());
        }
        String carried =
                order.envelope().isPresent() ? "authorisation and sealed MCIM" : "authorisation to make a MCIM";
        steps.report(
                Step.AUTHORIZE_PROVISIONING, by.device().hex(), ResultCode.OK, new Carried(carried, size(order), 0));
    }

    private void keep(Connection connection, Authorization by, Opaque envelope) throws SQLException, Refused {
        if (envelope.length() > McimEnvelope.SIZE_MAX) {
            throw new Refused(
                    ResultCode.MCIM_TOO_LARGE,
                    "order: MCIM of " + envelope.length() + " bytes, at most " + McimEnvelope.SIZE_MAX);
        }
        Provisionings.add(connection, by, State.READY, envelope);
        database.afterCommit(() -> feed.announce(by.device()));
    }

    private static int size(Order order) {
        return order.token().length() + order.envelope().map(Opaque::length).orElse(0);
    }

    @Override
    public void deliver(Credential credential) throws Refused {
        credentials.deliver(credential, feed);
    }

    @Override
    public Optional<byte[]> answer(Ueid device, DeviceResource resource, byte[] body) throws Refused {
        if (body.length > resource.sizeMax()) {
            throw new Refused(ResultCode.TOO_LARGE, resource + ": " + body.length + " bytes");
        }
        return switch (resource) {
            case MAIL -> mail(device);
            case REPORT -> Optional.of(takeReport(device, body));
            case RELAY -> Optional.of(takeAcknowledgement(device, body));
            case REGISTER, EVIDENCE, TELEMETRY, ORDER, RELEASE, ACTIVATION ->
                throw new Refused(ResultCode.NOT_FOUND, resource + " is not for the DPF");
        };
    }

    @Override
    public DeviceFeed feed(long after, Duration wait) throws InterruptedException {
        return feed.feed(after, wait);
    }

    /** What waits stays until the device reports: an answer may be lost. The first time is step 12. */
    private Optional<byte[]> mail(Ueid device) {
        Optional<Provisioning> waiting = database.read(connection -> Provisionings.waiting(connection, device, now()));
        if (waiting.isPresent() && waiting.get().state() == State.READY) {
            return database.transact(connection -> firstFetch(connection, device));
        }
        return waiting.map(DpfRole::download).or(() -> credentials.mail(device));
    }

    private Optional<byte[]> firstFetch(Connection connection, Ueid device) throws SQLException {
        Optional<Provisioning> waiting = Provisionings.waiting(connection, device, now());
        Optional<byte[]> mail = waiting.map(DpfRole::download);
        if (waiting.isPresent() && waiting.get().state() == State.READY) {
            Provisioning fetched = waiting.get();
            Provisionings.move(connection, fetched.registration(), State.FETCHED);
            audit.owe(connection, Deed.of(What.DELIVERED, fetched.registration(), device, fetched.operator()));
            int size = mail.map(bytes -> bytes.length).orElse(0);
            steps.report(Step.DOWNLOAD_MCIM, device.hex(), ResultCode.OK, new Carried("sealed MCIM", size, 0));
        }
        return mail;
    }

    private static byte[] download(Provisioning waiting) {
        return new Mail.Download(waiting.registration(), waiting.envelope().orElseThrow()).encode();
    }

    private byte[] takeReport(Ueid device, byte[] body) throws Refused {
        ProvisioningReport reported;
        try {
            reported = ProvisioningReport.unverified(body);
        } catch (ForgedException malformed) {
            throw new Refused(ResultCode.MALFORMED, "report: " + malformed.getMessage());
        }
        byte[] answer = new Verdict(ResultCode.OK).encode();
        database.change(connection -> {
            if (Credentials.reported(connection, device, reported, body, outbox)) {
                return;
            }
            Provisioning of = Provisionings.find(connection, reported.registration())
                    .filter(known -> known.device().equals(device))
                    .orElseThrow(() -> new Refused(
                            ResultCode.NOT_FOUND, "report: nothing for " + device + " in " + reported.registration()));
            conclude(connection, of, reported, body, answer.length);
        });
        return answer;
    }

    /**
     * A report of something replaced is passed on as well: the operator must hear if the device installed it. After one
     * that all is well a newer one counts: the device has switched to this MCIM again, or it never worked.
     */
    private void conclude(Connection connection, Provisioning of, ProvisioningReport reported, byte[] body, int answer)
            throws SQLException, Refused {
        boolean news = switch (of.state()) {
            case FETCHED, REPLACED -> true;
            case REPORTED -> of.code() == ResultCode.OK && reported.storeGeneration() > of.reportGeneration();
            case GENERATED, READY, FAILED ->
                throw new Refused(
                        ResultCode.NOT_FOUND, "report: " + of.device() + " was given no MCIM in " + of.registration());
        };
        if (news) { // else it is repeated after a lost answer
            Provisionings.reported(connection, reported, Opaque.of(body));
            outbox.add(connection, OUTCOME, of.registration().toString(), new byte[0]);
            audit.owe(
                    connection,
                    Deed.of(What.REPORTED, of.registration(), of.device(), of.operator())
                            .with(reported.code())
                            .numbered(reported.storeGeneration()));
            steps.report(
                    Step.PROVISION_MCIM,
                    of.device().hex(),
                    reported.code(),
                    new Carried("report: " + reported.code(), body.length, answer));
        }
    }

    private byte[] takeAcknowledgement(Ueid device, byte[] body) throws Refused {
        Nonce registration = PrivacyFilter.pass(context, device, body);
        byte[] answer = new Verdict(ResultCode.OK).encode();
        database.change(connection -> {
            Provisioning of = Provisionings.find(connection, registration)
                    .filter(known -> known.device().equals(device))
                    .orElseThrow(() ->
                            new Refused(ResultCode.NOT_FOUND, "relay: nothing for " + device + " in " + registration));
            if (!of.relayed()) {
                Provisionings.relayed(connection, registration);
                outbox.add(connection, RELAY, registration.toString(), new byte[0]);
                steps.report(
                        Step.RELAY_ACKNOWLEDGEMENT,
                        device.hex(),
                        ResultCode.OK,
                        new Carried("acknowledgement", body.length, answer.length));
            }
        });
        return answer;
    }

    private Outbox.FollowUp relay(String key, byte[] body) throws Refused {
        Provisioning owed = owed(key);
        sho(owed.operator()).oldOperatorReleased(owed.registration(), owed.device());
        return Outbox.FollowUp.NONE;
    }

    /** "Advise the SHO of the credentials": the device's mail becomes visible in the transaction that ends this. */
    private Outbox.FollowUp adviseOperator(String key, byte[] body) throws Refused {
        Provisioning owed = owed(key);
        Optional<Sho.Generated> made = database.read(connection -> rules.made(connection, owed));
        if (made.isEmpty()) {
            return Outbox.FollowUp.NONE; // replaced meanwhile
        }
        try {
            sho(owed.operator()).generated(made.get());
        } finally {
            made.get().key().close();
        }
        return connection -> {
            StoredRules.forget(connection, owed.registration());
            if (Provisionings.find(connection, owed.registration())
                            .orElseThrow()
                            .state()
                    == State.GENERATED) {
                Provisionings.move(connection, owed.registration(), State.READY);
                database.afterCommit(() -> feed.announce(owed.device()));
            }
        };
    }

    private Outbox.FollowUp reportOutcome(String key, byte[] body) throws Refused {
        Provisioning owed = owed(key);
        sho(owed.operator())
                .provisioned(new Sho.Outcome(
                        owed.registration(),
                        owed.device(),
                        owed.code(),
                        owed.report().orElseThrow()));
        return connection -> {
            if (Provisionings.find(connection, owed.registration())
                            .orElseThrow()
                            .reportGeneration()
                    > owed.reportGeneration()) {
                outbox.add(connection, OUTCOME, key, new byte[0]); // a newer one came meanwhile
            }
        };
    }

    private Provisioning owed(String key) {
        return database.read(connection -> Provisionings.find(connection, nonce(key)))
                .orElseThrow();
    }

    private Sho sho(Plmn operator) throws Refused {
        try {
            return peers.sho(operator);
        } catch (IllegalArgumentException unknown) {
            throw new Refused(ResultCode.NO_OPERATOR, "provisioning: " + unknown.getMessage());
        }
    }

    private void givenUp(Connection connection, String kind, String key, byte[] body, Exception why)
            throws SQLException {
        if (kind.equals(Credentials.RENEWED)) {
            return; // the supplier learns of it when the device asks for the next one
        }
        Provisioning owed = Provisionings.find(connection, nonce(key)).orElseThrow();
        StoredRules.forget(connection, owed.registration());
        if (owed.state() == State.GENERATED) {
            Provisionings.move(connection, owed.registration(), State.FAILED);
        }
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
        database.close();
        rules.close();
    }
}
