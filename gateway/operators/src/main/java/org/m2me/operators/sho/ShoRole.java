// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.sho;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.m2me.operators.Campaigns;
import org.m2me.operators.Iccid;
import org.m2me.operators.Peers;
import org.m2me.operators.Sho;
import org.m2me.operators.Sho.Progress;
import org.m2me.operators.auc.Auc;
import org.m2me.operators.audit.AuditDebts;
import org.m2me.operators.gsup.GsupServer;
import org.m2me.operators.sho.campaign.CampaignEngine;
import org.m2me.operators.sho.profile.Subscription;
import org.m2me.operators.store.Database;
import org.m2me.operators.store.Outbox;
import org.m2me.operators.store.Vault;
import org.m2me.operators.wiring.RoleContext;
import org.m2me.protocol.aka.AuthenticationVector;
import org.m2me.protocol.aka.SqnArray;
import org.m2me.protocol.aka.SqnParameters;
import org.m2me.protocol.identity.Imsi;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Step;
import org.m2me.protocol.step.Steps;
import org.m2me.protocol.step.Steps.Carried;

/**
 * The SHO: takes steps 7, 10 and 14, owes steps 8 and 11. It trusts signatures only: the PVA's on the result, by which it
 * learns the device's agreement key and platform key, and the platform key's on the report.
 */
public final class ShoRole implements Sho, AutoCloseable {
    /** A device that registers every few minutes for a day is seen whole in a few answers. */
    private static final int STANDINGS_MAX = 100;
    /** One answer: more is asked for page by page. */
    private static final int HOLDS_MAX = 100;

    /** Outbox: where a subscriber was that has left it may not stay; keyed by its IMSI. */
    private static final String WITHDRAW = "withdraw";
    /** It waits for the acknowledgement there, and hands it over from there: some exchanges, with their repetitions. */
    private static final Duration LEAVING = Duration.ofMinutes(1);

    private final RoleContext context;
    private final Steps steps;
    private final ShoSettings settings;
    private final Appraiser appraiser;
    private final Vault vault;
    private final Database database;
    private final Contracts contracts;
    private final SubscriptionPool pool;
    private final HomeSubscriptions subscriptions;
    private final Outbox outbox;
    private final Endings endings;
    private final Admission admission;
    private final Validations validations;
    private final Inquiries inquiries;
    private final Departure departure;
    private final Permits permits;
    private final Switching switching;
    private final Optional<GsupServer> gsup;
    private final CampaignEngine campaigns;

    public ShoRole(RoleContext context, Peers peers, ShoSettings settings) {
        this.context = context;
        this.steps = context.steps();
        this.settings = settings;
        this.appraiser = new Appraiser(settings, context.anchors(), context.clock());
        this.vault = context.vault();
        this.database = open(context.directory());
        AuditDebts audit = new AuditDebts(context, peers, database);
        Auc auc = new Auc(vault, context.clock(), context.random());
        this.contracts = new Contracts(vault);
        this.pool = new SubscriptionPool(settings.subscriptions(), vault, context.random());
        this.subscriptions = new HomeSubscriptions(settings, auc, pool, context.clock(), this::withdrawn);
        Owed owed = new Owed(context, peers, settings, database, contracts);
        Map<String, Outbox.Handler> handlers = new HashMap<>(owed.handlers());
        handlers.put(Owed.VALIDATE, (key, body) -> requestValidation(key));
        handlers.put(AuditDebts.KIND, audit::tell);
        handlers.put(TimeLimit.KIND, TimeLimit.handler(this::takesTooLong));
        handlers.put(WITHDRAW, (key, body) -> withdraw(new Imsi(key)));
        this.outbox = Outbox.of(database, context.clock(), context.random(), handlers, this::givenUp);
        outbox.inRounds(Owed.INQUIRE, Inquiries.ROUND_MAX, this::inquire);
        audit.through(outbox);
        Parts parts = new Parts(context, settings, database, outbox, audit, contracts, subscriptions);
        this.endings = new Endings(parts);
        this.permits = new Permits(peers, settings.operator(), Permits.ANSWER_WAIT);
        this.admission = new Admission(parts, permits, endings);
        this.validations = new Validations(parts, peers);
        this.inquiries = new Inquiries(parts, peers, appraiser, admission, validations);
        this.departure = new Departure(parts);
        this.switching = new Switching(parts, permits);
        this.campaigns =
                new CampaignEngine(database, peers, settings.question(), new ArrivedDevices(), context.clock());
        this.gsup = settings.gsup().map(wanted -> GsupServer.start(context, wanted, this));
    }

    /** Fleets that change to this operator. */
    public Campaigns campaigns() {
        return campaigns.staff();
    }

    /** The bytes that each of its subscriptions was charged. */
    public Map<Imsi, Long> charged() {
        return database.read(Auc::charged);
    }

    static Database open(Path directory) {
        List<String> schema = new ArrayList<>(Registrations.SCHEMA);
        schema.addAll(Holds.SCHEMA);
        schema.addAll(Contracts.SCHEMA);
        schema.addAll(SubscriptionPool.SCHEMA);
        schema.addAll(Auc.SCHEMA);
        schema.addAll(Tallies.SCHEMA);
        schema.addAll(AuditDebts.SCHEMA);
        schema.addAll(CampaignEngine.schema());
        schema.add(Outbox.SCHEMA);
        return Database.open(directory.resolve("sho.db"), schema.toArray(String[]::new));
    }

    /** Begins to work off what is owed. To be called when the peers are in place. */
    public ShoRole start() {
        database.change(connection -> {
            pool.fill(connection, now());
            if (settings.delegation().isPresent()) {
                outbox.add(connection, Owed.RULES, settings.operator().toString(), Parts.NOTHING_MORE);
            }
        });
        outbox.start();
        campaigns.start();
        return this;
    }

    @Override
    public void contract(Contract contract) throws Refused {
        if (contract.ownerToken().length() != Contracts.OWNER_TOKEN_LENGTH) {
            throw new Refused(
                    ResultCode.MALFORMED,
                    "contract: owner token of " + contract.ownerToken().length() + " bytes");
        }
        database.change(connection -> {
            Optional<Contract> known = contracts.find(connection, contract.device());
            if (known.isPresent() && !known.get().subscriber().equals(contract.subscriber())) {
                throw new Refused(ResultCode.FORBIDDEN, "contract: " + contract.device() + " is another subscriber's");
            }
            boolean same = known.equals(Optional.of(contract));
            if (!same) {
                steps.report(
                        Step.HAND_OVER_PARAMETERS,
                        contract.device().hex(),
                        ResultCode.OK,
                        new Carried("contract with " + contract.subscriber(), 0, 0));
            }
            // One that is provisioned may have been with another since then, and comes back.
            boolean back = Registrations.open(connection, contract.device()).stream()
                    .anyMatch(one -> one.state() == Progress.PROVISIONED);
            if (!same || back || !Contracts.isAnnounced(connection, contract.device())) {
                contracts.keep(connection, contract, now());
                outbox.add(connection, Owed.EXPECT, contract.device().hex(), Parts.NOTHING_MORE);
            }
        });
    }

    @Override
    public void register(Registration registration) throws Refused {
        String carried = "registration nonce"
                + registration.pcid().map(pcid -> ", PCID " + pcid).orElse("");
        database.change(connection -> {
            Optional<Registrations.Registration> known = Registrations.find(connection, registration.nonce());
            if (known.isPresent()) {
                checkIs(registration.device(), known.get());
                return; // repeated after a lost answer
            }
            ResultCode code = objection(connection, registration.device());
            if (code == ResultCode.OK) {
                Registrations.open(connection, registration, now());
                boolean inquires =
                        registration.procedure().isChange() && settings.ivf().isPresent();
                if (inquires) {
                    inquiries.owe(connection, registration.nonce(), registration.device());
                } else {
                    validations.owe(connection, registration.nonce(), registration.device());
                }
                TimeLimit.set(outbox, connection, registration.nonce(), TimeLimit.VALIDATION);
            }
            steps.report(Step.REGISTER_WITH_SHO, registration.device().hex(), code, new Carried(carried, 0, 0));
            if (code != ResultCode.OK) {
                throw new Refused(code, "registration of " + registration.device() + ": " + code.words());
            }
        });
    }

    private ResultCode objection(Connection connection, Ueid device) throws SQLException {
        if (contracts.find(connection, device).isEmpty()) {
            return ResultCode.NO_CONTRACT;
        }
        return Holds.find(connection, device).map(Hold::code).orElse(ResultCode.OK);
    }

    private static void checkIs(Ueid device, Registrations.Registration known) throws Refused {
        if (!known.device().equals(device)) {
            throw new Refused(ResultCode.NONCE_USED, "registration " + known.nonce() + " is not " + device + "'s");
        }
    }

    @Override
    public void validated(Validation validation) throws Refused {
        Registrations.Registration asked = known(validation.registration(), validation.device());
        if (asked.state() != Progress.VALIDATING) {
            return; // repeated after a lost answer, or given up by the device
        }
        Appraiser.Decision decision = appraiser.decide(validation, asked);
        ResultCode ruling = decision.result().isPresent() ? admission.ruling(asked) : ResultCode.OK;
        admission.decide(validation, asked.nonce(), decision, ruling);
    }

    @Override
    public void generated(Generated credentials) throws Refused {
        boolean ours = settings.delegation()
                .filter(delegation -> delegation.imsis().contains(credentials.imsi()))
                .isPresent();
        boolean forTests = credentials.key().algorithm().isForTests();
        if (!ours || forTests || !credentials.iccid().equals(Iccid.of(credentials.imsi()))) {
            throw new Refused(
                    ResultCode.FORBIDDEN, "generated: " + credentials.imsi() + " is not for the DPF to give out");
        }
        Registrations.Registration asked = known(credentials.registration(), credentials.device());
        database.change(connection -> {
            Registrations.Registration now =
                    Registrations.find(connection, asked.nonce()).orElseThrow();
            if (now.imsi().equals(Optional.of(credentials.imsi()))) {
                return; // repeated after a lost answer
            }
            boolean free = Registrations.holding(connection, credentials.imsi()).isEmpty();
            if (now.state() != Progress.AUTHORIZED || now.imsi().isPresent() || !free) {
                throw new Refused(
                        ResultCode.NOT_AUTHORIZED, "generated: registration " + asked.nonce() + " is " + now.state());
            }
            subscriptions.bind(
                    connection,
                    now,
                    new Subscription(
                            credentials.imsi(),
                            credentials.iccid(),
                            credentials.key(),
                            SqnArray.fresh(SqnParameters.DEFAULT)));
        });
    }

    @Override
    public void provisioned(Outcome outcome) throws Refused {
        Registrations.Registration asked = known(outcome.registration(), outcome.device());
        if (asked.imsi().isPresent()) { // else it is repeated after a lost answer, or the subscription is gone for good
            admission.conclude(outcome, asked);
        }
    }

    private Registrations.Registration known(Nonce nonce, Ueid device) throws Refused {
        Registrations.Registration known = database.read(connection -> Registrations.find(connection, nonce))
                .orElseThrow(() -> new Refused(ResultCode.NOT_FOUND, "no registration " + nonce));
        checkIs(device, known);
        return known;
    }

    /** Within a transaction: where the subscriber is, it may not stay. */
    private void withdrawn(Connection connection, Imsi imsi, boolean leaving) throws SQLException {
        if (gsup.isPresent() && leaving) {
            outbox.addLater(connection, WITHDRAW, imsi.digits(), Parts.NOTHING_MORE, LEAVING);
        } else if (gsup.isPresent()) {
            GsupServer server = gsup.get();
            database.afterCommit(() -> server.review(imsi));
        }
    }

    private Outbox.FollowUp withdraw(Imsi imsi) {
        gsup.ifPresent(server -> server.review(imsi));
        return Outbox.FollowUp.NONE;
    }

    /** Where it listens for GSUP, if it does. */
    public Optional<InetSocketAddress> gsup() {
        return gsup.map(GsupServer::address);
    }

    @Override
    public List<Standing> registrations(Ueid device) {
        return database.read(connection -> Registrations.ofDevice(connection, device, STANDINGS_MAX)).stream()
                .map(one -> new Standing(one.nonce(), one.at(), one.state(), one.code(), one.imsi(), one.left()))
                .toList();
    }

    @Override
    public Opaque released(Ueid device, Opaque release) throws Refused {
        return departure.released(device, release);
    }

    @Override
    public void oldOperatorReleased(Nonce registration, Ueid device) throws Refused {
        departure.leftAnother(registration, device);
    }

    @Override
    public void cancel(Ueid device, String subscriber) throws Refused {
        departure.cancel(device, subscriber);
    }

    @Override
    public void mayServe(Ueid device, String subscriber, Nonce order) throws Refused {
        switching.mayServe(device, subscriber, order);
    }

    @Override
    public void inUse(Ueid device, String subscriber) throws Refused {
        switching.inUse(device, subscriber);
    }

    @Override
    public ValidationCounts validationCounts() {
        return database.read(Tallies::read);
    }

    @Override
    public List<Hold> holds(Optional<Ueid> after) {
        return database.read(connection -> Holds.standing(connection, after, HOLDS_MAX));
    }

    @Override
    public void lift(Ueid device) {
        database.change(connection -> Holds.lift(connection, device, now()));
    }

    @Override
    public List<AuthenticationVector> vectors(VectorRequest request) throws Refused {
        return database.transact(connection -> subscriptions.vectors(connection, request));
    }

    @Override
    public SubscriptionData subscription(Imsi imsi, String servingNode) throws Refused {
        return database.read(connection -> subscriptions.data(connection, imsi));
    }

    @Override
    public void usage(Imsi imsi, String session, long bytes) throws Refused {
        database.change(connection -> subscriptions.use(connection, imsi, session, bytes));
        // Counted and kept before the serving network is told that the session has to end.
        long unused = database.read(connection -> subscriptions.checkUsable(connection, imsi));
    }

    // What the outbox is given before the parts are made that do it.

    private Outbox.FollowUp requestValidation(String key) throws Refused {
        return validations.request(key);
    }

    private Map<String, Outbox.Done> inquire(List<String> keys) throws Refused {
        return inquiries.ask(keys);
    }

    private void takesTooLong(Connection connection, Nonce nonce) throws SQLException {
        endings.takesTooLong(connection, nonce);
    }

    private void givenUp(Connection connection, String kind, String key, byte[] work, Exception why)
            throws SQLException {
        endings.givenUp(connection, kind, key, why);
    }

    private Instant now() {
        return context.clock().instant();
    }

    /** Everything that was acknowledged is durable: what is owed is worked off after the next start. */
    @Override
    public void close() {
        gsup.ifPresent(GsupServer::close);
        campaigns.close();
        outbox.close();
        inquiries.close();
        permits.close();
        database.close();
        vault.close();
    }
}
