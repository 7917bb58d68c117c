// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.subscriber;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.m2me.operators.Regulator.What;
import org.m2me.operators.Subscriber.Ordered;
import org.m2me.operators.Subscriber.Progress;
import org.m2me.operators.audit.AuditDebts;
import org.m2me.operators.audit.AuditDebts.Deed;
import org.m2me.operators.store.Outbox;
import org.m2me.operators.subscriber.OrderWork.DeviceAndOperator;
import org.m2me.operators.subscriber.Orders.Needed;
import org.m2me.operators.subscriber.Orders.Order;
import org.m2me.operators.wiring.RoleContext;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.OrderAnswer;
import org.m2me.protocol.message.OwnerOrder;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Procedure;
import org.m2me.protocol.step.Step;
import org.m2me.protocol.step.Steps.Carried;

/** The owner's orders, from being given to what the device says became of them. Everything here is within a transaction. */
final class Ordering {
    private static final byte[] NOTHING_MORE = new byte[0];

    private final RoleContext context;
    private final SubscriberSettings settings;
    private final Purchases purchases;
    private final Outbox outbox;
    private final AuditDebts audit;

    Ordering(RoleContext context, SubscriberSettings settings, Purchases purchases, Outbox outbox, AuditDebts audit) {
        this.context = context;
        this.settings = settings;
        this.purchases = purchases;
        this.outbox = outbox;
        this.audit = audit;
    }

    /** Gives an order, unless it is given and under way. */
    void give(Connection connection, Purchases.Chosen bought, Procedure procedure, Plmn operator) throws SQLException {
        Ueid device = bought.purchase().device();
        Optional<Ordered> newest =
                Orders.newest(connection, device).filter(Order::isUnderWay).map(Order::ordered);
        if (newest.filter(one -> one.procedure() == procedure && one.operator().equals(operator))
                .isPresent()) {
            return;
        }
        OwnerOrder order = new OwnerOrder(
                Nonce.random(context.random()), device, Orders.nextNumber(connection, device), procedure, operator);
        Opaque mail;
        try (SecretBytes secret =
                SecretBytes.takeFrom(bought.purchase().ownerToken().bytes())) {
            mail = order.sign(context.key(), secret);
        }
        Set<Needed> needed = needed(procedure);
        Orders.add(connection, order, mail, context.clock().instant(), needed);
        audit.owe(
                connection, Deed.of(What.ORDERED, order.id(), device, operator).in(procedure));
        String id = order.id().toString();
        if (needed.contains(Needed.ACTIVATED)) {
            outbox.add(connection, OrderWork.ACTIVATE, id, NOTHING_MORE);
        }
        if (needed.contains(Needed.CONTRACTED)) {
            outbox.add(connection, OrderWork.CONTRACT, new DeviceAndOperator(device, operator).key(), NOTHING_MORE);
        }
        if (needed.contains(Needed.PERMITTED)) {
            outbox.add(connection, Permitting.PERMIT, id, NOTHING_MORE);
        }
        if (needed.contains(Needed.ALLOWED)) {
            outbox.add(connection, OrderWork.ALLOW, id, NOTHING_MORE);
        }
    }

    private Set<Needed> needed(Procedure procedure) {
        Set<Needed> needed = EnumSet.noneOf(Needed.class);
        if (procedure == Procedure.PRISTINE) {
            needed.add(Needed.ACTIVATED);
        }
        if (procedure == Procedure.SWITCH) { // then the operator and the IVF have been told before
            needed.add(Needed.ALLOWED);
        } else {
            needed.add(Needed.CONTRACTED);
            if (settings.ivf()) {
                needed.add(Needed.PERMITTED);
            }
        }
        return needed;
    }

    /** What the device says. Repeated, or of an order that is over: no effect. @throws Refused NOT_FOUND */
    void answered(Connection connection, Ueid device, OrderAnswer answer) throws SQLException, Refused {
        Order order = Orders.find(connection, answer.id())
                .filter(one -> one.device().equals(device) && one.ready())
                .orElseThrow(() -> new Refused(ResultCode.NOT_FOUND, "answer: no order " + answer.id()));
        boolean done = answer.code() == ResultCode.OK && answer.ended();
        // One that a newer order was to replace may have been past giving up: then it is done all the same.
        boolean open = order.isUnderWay() || (done && order.ordered().progress() == Progress.REPLACED);
        if (!open) {
            return;
        }
        if (order.ordered().progress() == Progress.ORDERED && answer.code() == ResultCode.OK) {
            Procedure procedure = order.ordered().procedure();
            context.steps()
                    .report(
                            Step.INSTRUCT,
                            device.hex(),
                            ResultCode.OK,
                            new Carried(
                                    "signed order: " + procedure, order.mail().length(), 0));
        }
        if (done) {
            Orders.move(connection, order.id(), Progress.DONE, ResultCode.OK);
            Agreements.end(connection, device); // no operator may have it back by an old one
            conclude(connection, order);
        } else if (answer.code() == ResultCode.OK) {
            Orders.move(connection, order.id(), Progress.TAKEN, ResultCode.OK);
        } else {
            fail(connection, order, answer.code());
        }
    }

    /** The device has what it was ordered to: those operators are told whom it concerns. */
    private void conclude(Connection connection, Order order) throws SQLException {
        Ueid device = order.device();
        Plmn ordered = order.ordered().operator();
        Purchases.Chosen bought = purchases.find(connection, device).orElseThrow();
        Plmn before = bought.operator();
        Optional<Plmn> kept = bought.kept().filter(other -> !other.equals(ordered));
        boolean moves = !before.equals(ordered);
        switch (order.ordered().procedure()) {
            case CHANGE, PRISTINE -> {
                Purchases.move(connection, device, ordered, kept);
                if (moves) {
                    cancel(connection, device, before);
                }
            }
            case ADD -> Purchases.move(connection, device, before, moves ? Optional.of(ordered) : kept);
            case SWITCH -> {
                Purchases.move(connection, device, ordered, moves ? Optional.of(before) : kept);
                inUse(connection, device, ordered);
            }
            case INITIAL, RENEWAL -> throw new IllegalStateException("nobody orders " + order.ordered());
        }
        for (Order replaced : Orders.replaced(connection, device)) {
            cancelUnlessServed(connection, replaced);
        }
    }

    /**
     * The device has left an operator by itself: with what it has besides, or back to its PCID.
     *
     * @return whether it has only that
     */
    boolean fellBack(Connection connection, Purchases.Chosen bought, Plmn from) throws SQLException {
        Ueid device = bought.purchase().device();
        for (Order brought : Orders.broughtTo(connection, device, from)) {
            Orders.move(connection, brought.id(), Progress.FAILED, ResultCode.AUTHENTICATION_FAILED);
        }
        boolean used = bought.operator().equals(from);
        if (used && bought.kept().isPresent()) {
            Plmn other = bought.kept().get();
            Purchases.move(connection, device, other, Optional.empty());
            inUse(connection, device, other);
            cancel(connection, device, from);
        } else if (bought.kept().equals(Optional.of(from))) {
            Purchases.move(connection, device, bought.operator(), Optional.empty());
            inUse(connection, device, bought.operator()); // word of the switch to the other may have come last
            cancel(connection, device, from);
        }
        return used && bought.kept().isEmpty();
    }

    /** Nothing has changed on the device: it stays with its operator. */
    void fail(Connection connection, Order order, ResultCode code) throws SQLException {
        Orders.move(connection, order.id(), Progress.FAILED, code);
        cancelUnlessServed(connection, order);
    }

    private void cancelUnlessServed(Connection connection, Order order) throws SQLException {
        Ueid device = order.device();
        Plmn operator = order.ordered().operator();
        Purchases.Chosen bought = purchases.find(connection, device).orElseThrow();
        boolean wanted = order.ordered().procedure() == Procedure.SWITCH // which made no contract
                || bought.operator().equals(operator)
                || bought.kept().equals(Optional.of(operator))
                || OrderWork.underWay(connection, new DeviceAndOperator(device, operator))
                        .isPresent();
        if (!wanted) {
            cancel(connection, device, operator);
        }
    }

    private void inUse(Connection connection, Ueid device, Plmn operator) throws SQLException {
        outbox.add(connection, OrderWork.IN_USE, new DeviceAndOperator(device, operator).key(), NOTHING_MORE);
    }

    private void cancel(Connection connection, Ueid device, Plmn operator) throws SQLException {
        outbox.add(connection, OrderWork.CANCEL, new DeviceAndOperator(device, operator).key(), NOTHING_MORE);
    }

    /** A peer will not do what has to come before the order. */
    void givenUp(Connection connection, String kind, String key, Exception why) throws SQLException {
        Optional<Order> order = switch (kind) {
            case OrderWork.CONTRACT -> OrderWork.underWay(connection, DeviceAndOperator.parse(key));
            case OrderWork.ACTIVATE, OrderWork.ALLOW ->
                Orders.find(connection, new Nonce(Opaque.hex(key))).filter(Order::isUnderWay);
            default -> Optional.empty();
        };
        if (order.isPresent()) {
            fail(connection, order.get(), why instanceof Refused refused ? refused.code() : ResultCode.UNAVAILABLE);
        }
    }
}
