// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.sho;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.m2me.operators.Dpf;
import org.m2me.operators.Iccid;
import org.m2me.operators.Peers;
import org.m2me.operators.Sho;
import org.m2me.operators.Sho.Progress;
import org.m2me.operators.auc.Auc;
import org.m2me.operators.gsup.GsupServer;
import org.m2me.operators.sho.McimIssuer.Recipient;
import org.m2me.operators.sho.profile.Subscription;
import org.m2me.operators.store.Database;
import org.m2me.operators.store.Outbox;
import org.m2me.operators.store.Vault;
import org.m2me.operators.wiring.RoleContext;
import org.m2me.protocol.aka.AuthenticationVector;
import org.m2me.protocol.aka.SqnArray;
import org.m2me.protocol.aka.SqnParameters;
import org.m2me.protocol.evidence.AttestationResult;
import org.m2me.protocol.identity.Imsi;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Step;
import org.m2me.protocol.step.Steps;
import org.m2me.protocol.step.Steps.Carried;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The SHO: takes steps 7, 10 and 14, owes steps 8 and 11. It trusts signatures only: the PVA's on the result, by which it
 * learns the device's agreement key and platform key, and the platform key's on the report.
 */
public final class ShoRole implements Sho, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ShoRole.class);

    /** A device that registers every few minutes for a day is seen whole in a few answers. */
    private static final int STANDINGS_MAX = 100;

    /** One answer: more is asked for page by page. */
    private static final int HOLDS_MAX = 100;

    private static final byte[] NOTHING_MORE = new byte[0];

    private final RoleContext context;
    private final Steps steps;
    private final ShoSettings settings;
    private final Appraiser appraiser;
    private final McimIssuer issuer;
    private final Vault vault;
    private final Database database;
    private final Contracts contracts;
    private final SubscriptionPool pool;
    private final HomeSubscriptions subscriptions;
    private final Outbox outbox;
    private final Optional<GsupServer> gsup;

    public ShoRole(RoleContext context, Peers peers, ShoSettings settings) {
        this.context = context;
        this.steps = context.steps();
        this.settings = settings;
        this.appraiser = new Appraiser(settings, context.anchors(), context.clock());
        this.issuer = new McimIssuer(context, settings);
        this.vault = context.vault();
        this.database = open(context.directory());
        Auc auc = new Auc(vault, context.clock(), context.random());
        this.contracts = new Contracts(vault);
        this.pool = new SubscriptionPool(settings.subscriptions(), vault, context.random());
        this.subscriptions = new HomeSubscriptions(settings, auc, pool, this::released);
        Owed owed = new Owed(context, peers, settings, database);
        Map<String, Outbox.Handler> handlers = new HashMap<>(owed.handlers());
        handlers.put(TimeLimit.KIND, TimeLimit.handler(this::takesTooLong));
        this.outbox = Outbox.of(database, context.clock(), context.random(), handlers, this::givenUp);
        this.gsup = settings.gsup().map(wanted -> GsupServer.start(context, wanted, this));
    }

    static Database open(Path directory) {
        List<String> schema = new ArrayList<>(Registrations.SCHEMA);
        schema.addAll(Holds.SCHEMA);
        schema.addAll(Contracts.SCHEMA);
        schema.addAll(SubscriptionPool.SCHEMA);
        schema.addAll(Auc.SCHEMA);
        schema.add(Outbox.SCHEMA);
        return Database.open(directory.resolve("sho.db"), schema.toArray(String[]::new));
    }

    /** Begins to work off what is owed. To be called when the peers are in place. */
    public ShoRole start() {
        database.change(connection -> {
            pool.fill(connection);
            if (settings.delegation().isPresent()) {
                outbox.add(connection, Owed.RULES, settings.operator().toString(), NOTHING_MORE);
            }
        });
        outbox.start();
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
            if (!same || !Contracts.isAnnounced(connection, contract.device())) {
                contracts.keep(connection, contract);
                outbox.add(connection, Owed.EXPECT, contract.device().hex(), NOTHING_MORE);
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
                outbox.add(connection, Owed.VALIDATE, registration.nonce().toString(), NOTHING_MORE);
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

    /** Nothing came, or the device did not fetch its MCIM while the validation was fresh: it may register anew. */
    private void takesTooLong(Connection connection, Nonce nonce) throws SQLException {
        Registrations.Registration late = Registrations.find(connection, nonce).orElseThrow();
        if (late.state() == Progress.VALIDATING || late.state() == Progress.AUTHORIZED) {
            boolean validating = late.state() == Progress.VALIDATING;
            ResultCode code = validating ? ResultCode.UNAVAILABLE : ResultCode.EVIDENCE_STALE;
            end(connection, late, code);
            steps.report(
                    validating ? Step.REPORT_VALIDATION : Step.REPORT_STATUS,
                    late.device().hex(),
                    code,
                    new Carried("nothing came in time", 0, 0));
        }
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
        int size = validation.result().map(Opaque::length).orElse(0);
        database.change(connection -> {
            if (Registrations.find(connection, asked.nonce()).orElseThrow().state() != Progress.VALIDATING) {
                return;
            }
            ResultCode code = decision.result().isPresent()
                    ? provision(connection, asked, decision.result().get())
                    : decision.code();
            if (code != ResultCode.OK) {
                LOG.info("registration {} of {}: {}: {}", asked.nonce(), asked.device(), code, decision.reason());
                end(connection, asked, code);
                Holds.place(connection, asked.device(), code, now());
            }
            // The PVA's own no was said in step 9; here it arrived as it should.
            ResultCode ours = validation.code() == ResultCode.OK ? code : ResultCode.OK;
            String carried = validation.code() == ResultCode.OK ? "validation result" : "no: " + validation.code();
            steps.report(Step.REPORT_VALIDATION, asked.device().hex(), ours, new Carried(carried, size, 0));
        });
    }

    /** Everything that an authorisation rests on, in one transaction: at most one subscription for a registration. */
    private ResultCode provision(Connection connection, Registrations.Registration asked, AttestationResult result)
            throws SQLException {
        Nonce challenge = result.nonce().orElseThrow();
        Optional<Contract> contract = contracts.find(connection, asked.device());
        if (contract.isEmpty() || Registrations.hasServed(connection, challenge)) {
            return contract.isEmpty() ? ResultCode.NO_CONTRACT : ResultCode.EVIDENCE_STALE;
        }
        subscriptions.releaseUnused(connection, asked);
        long serial = Registrations.authorize(connection, asked, challenge, result.credential());
        Recipient recipient = new Recipient(asked, contract.get(), result.agreementKey(), serial);
        Dpf.Order order;
        if (settings.delegation().isPresent()) {
            order = issuer.order(recipient);
        } else {
            Optional<Subscription> allocated = subscriptions.allocate(connection, asked);
            if (allocated.isEmpty()) {
                return ResultCode.QUOTA;
            }
            try (Subscription subscription = allocated.get()) {
                order = issuer.order(recipient, subscription);
            }
        }
        outbox.add(connection, Owed.AUTHORIZE, asked.nonce().toString(), McimIssuer.encode(order));
        TimeLimit.set(outbox, connection, asked.nonce(), settings.authorisation());
        return ResultCode.OK;
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
        if (asked.state() == Progress.PROVISIONED || asked.imsi().isEmpty()) {
            return; // repeated after a lost answer, or the subscription is gone for good
        }
        Appraiser.verify(outcome, asked);
        database.change(connection -> {
            Registrations.Registration now =
                    Registrations.find(connection, asked.nonce()).orElseThrow();
            if (now.state() == Progress.PROVISIONED || now.imsi().isEmpty()) {
                return;
            }
            if (outcome.code() == ResultCode.OK) {
                Registrations.move(connection, now.nonce(), Progress.PROVISIONED, ResultCode.OK);
                subscriptions.releaseOthers(connection, now);
            } else {
                Registrations.move(connection, now.nonce(), Progress.FAILED, outcome.code());
                subscriptions.release(connection, now);
            }
            TimeLimit.end(outbox, connection, now.nonce());
            int size = outcome.report().length();
            steps.report(
                    Step.REPORT_STATUS,
                    now.device().hex(),
                    outcome.code(),
                    new Carried("status " + outcome.code(), size, 0));
        });
    }

    private Registrations.Registration known(Nonce nonce, Ueid device) throws Refused {
        Registrations.Registration known = database.read(connection -> Registrations.find(connection, nonce))
                .orElseThrow(() -> new Refused(ResultCode.NOT_FOUND, "no registration " + nonce));
        checkIs(device, known);
        return known;
    }

    /** Within a transaction: where the subscriber is, it may not stay. */
    private void released(Imsi imsi) {
        gsup.ifPresent(server -> database.afterCommit(() -> server.review(imsi)));
    }

    /** Where it listens for GSUP, if it does. */
    public Optional<InetSocketAddress> gsup() {
        return gsup.map(GsupServer::address);
    }

    @Override
    public List<Standing> registrations(Ueid device) {
        return database.read(connection -> Registrations.ofDevice(connection, device, STANDINGS_MAX)).stream()
                .map(one -> new Standing(one.nonce(), one.at(), one.state(), one.code(), one.imsi()))
                .toList();
    }

    @Override
    public Opaque released(Ueid device, Opaque release) throws Refused {
        throw new UnsupportedOperationException();
    }

    @Override
    public void oldOperatorReleased(Nonce registration, Ueid device) throws Refused {
        throw new UnsupportedOperationException();
    }

    @Override
    public void cancel(Ueid device, String subscriber) throws Refused {
        throw new UnsupportedOperationException();
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

    private void givenUp(Connection connection, String kind, String key, byte[] work, Exception why)
            throws SQLException {
        switch (kind) {
            case Owed.VALIDATE, Owed.AUTHORIZE -> {
                Registrations.Registration owed =
                        Registrations.find(connection, nonce(key)).orElseThrow();
                if (owed.state() == Progress.VALIDATING || owed.state() == Progress.AUTHORIZED) {
                    end(connection, owed, why instanceof Refused refused ? refused.code() : ResultCode.UNAVAILABLE);
                }
                // Only a DPF that said no cannot have handed the MCIM out: else the subscription stays bound.
                if (Outbox.isFinal(why)) {
                    subscriptions.release(connection, owed);
                }
            }
            case Owed.EXPECT -> Contracts.notAnnounced(connection, Ueid.hex(key));
            default -> LOG.warn("{} {}: not told to the peer: {}", kind, key, why.toString());
        }
    }

    /** Ends a registration without a MCIM; the device finds it in its mailbox at the DRF. */
    private void end(Connection connection, Registrations.Registration registration, ResultCode code)
            throws SQLException {
        Registrations.move(connection, registration.nonce(), Progress.REFUSED, code);
        TimeLimit.end(outbox, connection, registration.nonce());
        outbox.add(connection, Owed.REFUSE, registration.nonce().toString(), NOTHING_MORE);
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
        gsup.ifPresent(GsupServer::close);
        outbox.close();
        database.close();
        vault.close();
    }
}
