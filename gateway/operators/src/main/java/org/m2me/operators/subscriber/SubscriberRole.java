// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.subscriber;

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
import org.m2me.operators.DeviceFeedLog;
import org.m2me.operators.DeviceService;
import org.m2me.operators.Peers;
import org.m2me.operators.Subscriber;
import org.m2me.operators.audit.AuditDebts;
import org.m2me.operators.store.Database;
import org.m2me.operators.store.Outbox;
import org.m2me.operators.store.Vault;
import org.m2me.operators.wiring.RoleContext;
import org.m2me.protocol.cbor.CborException;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.Activation;
import org.m2me.protocol.message.DeviceFeed;
import org.m2me.protocol.message.DeviceResource;
import org.m2me.protocol.message.Mail;
import org.m2me.protocol.message.OrderAnswer;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.message.Telemetry;
import org.m2me.protocol.message.Verdict;
import org.m2me.protocol.step.Procedure;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The subscriber: for each device it buys it owes the operator a contract, the supplier the deposit form and the ICF the
 * activation; from then on it tells the device with whom to work, takes its telemetry, and instructs it when it is to
 * change operator.
 */
public final class SubscriberRole implements Subscriber, DeviceService, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SubscriberRole.class);

    // Kinds of work in the outbox. Each has a key of its own, so that none waits for a peer of another.
    private static final String CONTRACT = "contract";
    private static final String DEPOSIT = "deposit";
    private static final String ACTIVATE = "activate";

    /** One answer. */
    private static final int ORDERS_MAX = 100;

    /** Devices that the IVF is told of at once: 40 kB. */
    private static final int PERMITTED_MAX = 1_000;

    private static final byte[] NOTHING_MORE = new byte[0];

    private final RoleContext context;
    private final Peers peers;
    private final SubscriberSettings settings;
    private final Operators operators;
    private final Vault vault;
    private final Purchases purchases;
    private final Database database;
    private final DeviceFeedLog feed;
    private final Outbox outbox;
    private final Permitting permitting;
    private final Ordering ordering;
    private final ActivationService activations;

    public SubscriberRole(RoleContext context, Peers peers, SubscriberSettings settings) {
        this.context = context;
        this.peers = peers;
        this.settings = settings;
        this.operators = new Operators(peers, nameOf(context));
        this.vault = context.vault();
        this.purchases = new Purchases(vault);
        List<String> schema = new ArrayList<>(Purchases.SCHEMA);
        schema.addAll(TelemetryStore.SCHEMA);
        schema.addAll(Orders.SCHEMA);
        schema.addAll(Agreements.SCHEMA);
        schema.addAll(Activations.SCHEMA);
        schema.addAll(AuditDebts.SCHEMA);
        schema.add(Outbox.SCHEMA);
        this.database = Database.open(context.directory().resolve("subscriber.db"), schema.toArray(String[]::new));
        AuditDebts audit = new AuditDebts(context, peers, database);
        this.feed = new DeviceFeedLog(context.clock(), database.read(Orders::devicesWaiting));
        OrderWork.Ledger ledger = new OrderWork.Ledger(database, purchases, feed);
        OrderWork forOrders = new OrderWork(operators, peers, settings, context.clock(), ledger);
        this.permitting = new Permitting(forOrders, operators, settings.permissionWait(), context.clock(), database);
        Map<String, Outbox.Handler> work = new HashMap<>(forOrders.handlers());
        work.putAll(permitting.handlers());
        work.put(AuditDebts.KIND, audit::tell);
        work.putAll(Map.of(CONTRACT, this::contract, DEPOSIT, this::deposit, ACTIVATE, this::activate));
        this.outbox = Outbox.of(database, context.clock(), context.random(), work, this::givenUp);
        audit.through(outbox);
        this.ordering = new Ordering(context, settings, purchases, outbox, audit);
        this.activations = new ActivationService(context, database, purchases);
    }

    /** Begins to work off what is owed. To be called when the peers are in place. */
    public SubscriberRole start() {
        outbox.start();
        return this;
    }

    @Override
    public void choose(Purchase purchase, Plmn operator) throws Refused {
        database.change(connection -> {
            Optional<Purchases.Chosen> known = purchases.find(connection, purchase.device());
            if (known.isPresent() && !known.get().purchase().equals(purchase)) {
                throw new Refused(
                        ResultCode.FORBIDDEN, "purchase: " + purchase.device() + " came with other things in its box");
            }
            if (known.isPresent()
                    && known.get().operator().equals(operator)
                    && !known.get().givenUp()) {
                return; // repeated
            }
            purchases.keep(connection, purchase, operator);
            String device = purchase.device().hex();
            outbox.add(connection, CONTRACT, device + " " + operator, NOTHING_MORE);
            // The ICF learns of the PCID by the form, if there is one: it is activated after that.
            String first = purchase.depositForm().isPresent() ? DEPOSIT : ACTIVATE;
            outbox.add(connection, first, device, NOTHING_MORE);
        });
    }

    @Override
    public List<Received> telemetry(Ueid device) {
        return database.read(connection -> TelemetryStore.newest(connection, device));
    }

    @Override
    public void change(Ueid device, Procedure procedure, Plmn operator) throws Refused {
        if (!procedure.isChange()) {
            throw new Refused(ResultCode.MALFORMED, "change: " + procedure + " is none");
        }
        operators.checkKnown(operator);
        database.change(connection -> {
            ordering.give(connection, bought(connection, device), procedure, operator);
        });
    }

    @Override
    public void agree(Agreement agreement) throws Refused {
        List<Ueid> devices = agreement.devices();
        if (devices.isEmpty()
                || devices.size() > Campaigns.DEVICES_MAX
                || !agreement.procedure().isChange()) {
            throw new Refused(
                    ResultCode.MALFORMED,
                    "agreement: " + devices.size() + " devices to " + agreement.procedure() + ", wants 1 to "
                            + Campaigns.DEVICES_MAX + " and a change");
        }
        operators.checkKnown(agreement.operator());
        database.change(connection -> {
            for (Ueid device : devices) {
                if (!Purchases.has(connection, device)) {
                    throw new Refused(ResultCode.UNKNOWN_DEVICE, "agreement: " + device + " was not bought here");
                }
                Agreements.keep(connection, device, agreement.operator(), agreement.procedure());
            }
            for (int from = 0; settings.ivf() && from < devices.size(); from += PERMITTED_MAX) {
                List<Ueid> some = devices.subList(from, Math.min(devices.size(), from + PERMITTED_MAX));
                String key = Nonce.random(context.random()).toString();
                outbox.add(connection, Permitting.AGREED, key, Permitting.agreed(agreement.operator(), some));
            }
        });
    }

    @Override
    public void order(Ueid device, Procedure procedure, Plmn operator) throws Refused {
        if (!database.read(connection -> Agreements.has(connection, device, operator, procedure))) {
            throw new Refused(
                    ResultCode.FORBIDDEN,
                    "order: the owner of " + device + " has not agreed to " + procedure + " to " + operator);
        }
        change(device, procedure, operator);
    }

    @Override
    public void fellBack(Ueid device, Plmn operator) throws Refused {
        database.change(connection -> {
            if (ordering.fellBack(connection, bought(connection, device), operator)) {
                outbox.add(connection, OrderWork.BACK_AT_PCID, device.hex(), NOTHING_MORE); // it needs it again
            }
        });
    }

    private Purchases.Chosen bought(Connection connection, Ueid device) throws SQLException, Refused {
        return purchases
                .find(connection, device)
                .orElseThrow(() -> new Refused(ResultCode.UNKNOWN_DEVICE, device + " was not bought here"));
    }

    @Override
    public Subscriptions subscriptions(Ueid device) throws Refused {
        Purchases.Chosen chosen = database.read(connection -> bought(connection, device));
        return new Subscriptions(chosen.operator(), chosen.kept());
    }

    @Override
    public List<Ordered> orders(Ueid device) {
        return database.read(connection -> Orders.ofDevice(connection, device, ORDERS_MAX)).stream()
                .map(Orders.Order::ordered)
                .toList();
    }

    @Override
    public void activate(Ueid device, Activation.Terms terms) throws Refused {
        activations.enter(Optional.of(device), terms);
    }

    @Override
    public void activateAll(Activation.Terms terms) throws Refused {
        activations.enter(Optional.empty(), terms);
    }

    @Override
    public void deactivate(Ueid device) throws Refused {
        activations.withdraw(Optional.of(device));
    }

    @Override
    public void deactivateAll() throws Refused {
        activations.withdraw(Optional.empty());
    }

    @Override
    public Activated activation(Ueid device) throws Refused {
        return activations.entered(device);
    }

    @Override
    public Optional<byte[]> answer(Ueid device, DeviceResource resource, byte[] body) throws Refused {
        if (body.length > resource.sizeMax()) {
            throw new Refused(ResultCode.TOO_LARGE, resource + ": " + body.length + " bytes");
        }
        return switch (resource) {
            case MAIL -> mail(device);
            case TELEMETRY -> Optional.of(takeTelemetry(device, decode(body)).encode());
            case ORDER -> Optional.of(takeAnswer(device, decodeAnswer(body)).encode());
            case ACTIVATION -> activations.answer(device, body);
            case REGISTER, EVIDENCE, REPORT, RELEASE, RELAY ->
                throw new Refused(ResultCode.NOT_FOUND, resource + " is not for the subscriber");
        };
    }

    /** An order stays until the device answers it, for this answer may be lost. */
    private Optional<byte[]> mail(Ueid device) {
        return database.read(connection -> Orders.waiting(connection, device))
                .map(order -> new Mail.Order(order.id(), order.mail()).encode());
    }

    private Verdict takeTelemetry(Ueid device, Telemetry telemetry) throws Refused {
        return database.transact(connection -> {
            if (!Purchases.has(connection, device)) {
                throw new Refused(ResultCode.UNKNOWN_DEVICE, "telemetry: " + device + " was not bought here");
            }
            TelemetryStore.take(connection, device, telemetry, now());
            return verdict(connection, device);
        });
    }

    private Verdict takeAnswer(Ueid device, OrderAnswer answer) throws Refused {
        return database.transact(connection -> {
            ordering.answered(connection, device, answer);
            return verdict(connection, device);
        });
    }

    private static Verdict verdict(Connection connection, Ueid device) throws SQLException {
        boolean waits = Orders.waiting(connection, device).isPresent() || Activations.waits(connection, device);
        return new Verdict(ResultCode.OK, waits);
    }

    private static OrderAnswer decodeAnswer(byte[] body) throws Refused {
        try {
            return OrderAnswer.decode(body);
        } catch (CborException malformed) {
            throw new Refused(ResultCode.MALFORMED, "answer to an order: " + malformed.getMessage());
        }
    }

    private static Telemetry decode(byte[] body) throws Refused {
        try {
            return Telemetry.decode(body);
        } catch (CborException malformed) {
            throw new Refused(ResultCode.MALFORMED, "telemetry: " + malformed.getMessage());
        }
    }

    @Override
    public DeviceFeed feed(long after, Duration wait) throws InterruptedException {
        return feed.feed(after, wait);
    }

    private Outbox.FollowUp contract(String key, byte[] body) throws Refused {
        String[] parts = key.split(" ", 2);
        Purchases.Chosen owed = owed(parts[0]);
        Plmn operator = Plmn.parse(parts[1]);
        if (owed.operator().equals(operator)) {
            operators.contract(owed.purchase(), operator);
        }
        return Outbox.FollowUp.NONE;
    }

    private Outbox.FollowUp deposit(String key, byte[] body) throws Refused {
        Opaque form = owed(key).purchase().depositForm().orElseThrow();
        peers.supplier(settings.supplier()).depositForm(form);
        return connection -> outbox.add(connection, ACTIVATE, key, NOTHING_MORE);
    }

    private Outbox.FollowUp activate(String key, byte[] body) throws Refused {
        Instant from = now();
        try {
            peers.icf().activate(owed(key).purchase().pcid(), from, from.plus(settings.activation()));
        } catch (Refused refused) {
            if (refused.code() == ResultCode.PCID_UNKNOWN) {
                throw new Refused(
                        ResultCode.UNAVAILABLE, "activation: the PCID is still on its way from the CCIF to the ICF");
            }
            throw refused;
        }
        return Outbox.FollowUp.NONE;
    }

    private Purchases.Chosen owed(String device) {
        return database.read(connection -> purchases.find(connection, Ueid.hex(device)))
                .orElseThrow();
    }

    /** What a peer refused for good is asked again when the same choice is made again. */
    private void givenUp(Connection connection, String kind, String key, byte[] body, Exception why)
            throws SQLException {
        switch (kind) {
            case CONTRACT, DEPOSIT, ACTIVATE, OrderWork.BACK_AT_PCID ->
                Purchases.giveUp(connection, Ueid.hex(key.split(" ", 2)[0]));
            default -> {
                LOG.warn("{} {}: given up: {}", kind, key, why.toString());
                ordering.givenUp(connection, kind, key, why);
            }
        }
    }

    /** In contracts: what follows the first label of the common name. */
    private static String nameOf(RoleContext context) {
        String commonName = context.certificate().commonName();
        return commonName.substring(commonName.indexOf('.') + 1);
    }

    private Instant now() {
        return context.clock().instant();
    }

    /** Everything that was acknowledged is durable: what is owed is worked off after the next start. */
    @Override
    public void close() {
        outbox.close();
        permitting.close();
        database.close();
        vault.close();
    }
}
