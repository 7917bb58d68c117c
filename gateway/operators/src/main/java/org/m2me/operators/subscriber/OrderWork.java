// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.subscriber;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.m2me.operators.DeviceFeedLog;
import org.m2me.operators.Peers;
import org.m2me.operators.Subscriber.Purchase;
import org.m2me.operators.store.Database;
import org.m2me.operators.store.Outbox;
import org.m2me.operators.subscriber.Orders.Needed;
import org.m2me.operators.subscriber.Orders.Order;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Pcid;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;

/** What others are owed for orders. The device may see one when all that has to come first was taken. */
final class OrderWork {
    /** Step 1 of a change, to the new operator; keyed by device and operator. */
    static final String CONTRACT = "contract for order";

    /** A contract is over, to its operator; keyed like the contract, so that one made later comes after it. */
    static final String CANCEL = "cancel";

    /** The device uses its subscription now, to an operator; keyed likewise. */
    static final String IN_USE = "in use";

    /** Before a switch, to the operator; keyed by the order. */
    static final String ALLOW = "may serve";

    /** The device may attach with its PCID again, to the ICF; keyed by the order. */
    static final String ACTIVATE = "activate again";

    /** The device may attach with the PCID that it has by now, to the ICF; keyed by the device. */
    static final String BACK_AT_PCID = "activate what it has";

    private final Operators operators;
    private final Peers peers;
    private final SubscriberSettings settings;
    private final Clock clock;
    private final Ledger ledger;

    /** Where it is kept what was bought and ordered, and who is told that mail waits. */
    record Ledger(Database database, Purchases purchases, DeviceFeedLog feed) {}

    OrderWork(Operators operators, Peers peers, SubscriberSettings settings, Clock clock, Ledger ledger) {
        this.operators = operators;
        this.peers = peers;
        this.settings = settings;
        this.clock = clock;
        this.ledger = ledger;
    }

    Map<String, Outbox.Handler> handlers() {
        return Map.of(
                CONTRACT, (key, body) -> contract(DeviceAndOperator.parse(key)),
                CANCEL, (key, body) -> cancel(DeviceAndOperator.parse(key)),
                IN_USE, (key, body) -> inUse(DeviceAndOperator.parse(key)),
                ALLOW, (key, body) -> allow(new Nonce(Opaque.hex(key))),
                ACTIVATE, (key, body) -> activate(new Nonce(Opaque.hex(key))),
                BACK_AT_PCID, (key, body) -> activate(Ueid.hex(key)));
    }

    /** A device with an operator. */
    record DeviceAndOperator(Ueid device, Plmn operator) {
        static DeviceAndOperator parse(String key) {
            String[] both = key.split(" ", 2);
            return new DeviceAndOperator(Ueid.hex(both[0]), Plmn.parse(both[1]));
        }

        /** As the key of work. */
        String key() {
            return device.hex() + " " + operator;
        }
    }

    /** The order that brings the device to this operator, unless it is over. */
    static Optional<Order> underWay(Connection connection, DeviceAndOperator to) throws SQLException {
        return Orders.newest(connection, to.device())
                .filter(order ->
                        order.isUnderWay() && order.ordered().operator().equals(to.operator()));
    }

    private Outbox.FollowUp contract(DeviceAndOperator to) throws Refused {
        if (ledger.database().read(connection -> underWay(connection, to)).isEmpty()) {
            return Outbox.FollowUp.NONE;
        }
        Purchases.Chosen bought = bought(to.device());
        operators.contract(bought.purchase(), to.operator());
        return connection -> {
            Optional<Order> order = underWay(connection, to);
            if (order.isPresent()) {
                boolean unused = met(connection, order.get(), Needed.CONTRACTED);
            }
        };
    }

    private Outbox.FollowUp cancel(DeviceAndOperator with) throws Refused {
        operators.cancel(with.device(), with.operator());
        return Outbox.FollowUp.NONE;
    }

    private Outbox.FollowUp inUse(DeviceAndOperator now) throws Refused {
        if (bought(now.device()).operator().equals(now.operator())) { // else it has switched again
            operators.inUse(now.device(), now.operator());
        }
        return Outbox.FollowUp.NONE;
    }

    private Outbox.FollowUp allow(Nonce id) throws Refused {
        Optional<Order> order = underWay(id);
        if (order.isPresent()) {
            operators.mayServe(order.get().device(), order.get().ordered().operator(), id);
        }
        return connection -> met(connection, id, Needed.ALLOWED);
    }

    private Outbox.FollowUp activate(Nonce id) throws Refused {
        Optional<Order> order = underWay(id);
        if (order.isPresent()) {
            var unused = activate(order.get().device());
        }
        return connection -> met(connection, id, Needed.ACTIVATED);
    }

    private Outbox.FollowUp activate(Ueid device) throws Refused {
        Purchase bought = bought(device).purchase();
        Instant from = clock.instant();
        Optional<List<Pcid>> told = pcids(bought);
        for (Pcid pcid : told.orElse(List.of(bought.pcid()))) {
            activate(pcid, from, told.isPresent());
        }
        return Outbox.FollowUp.NONE;
    }

    /** @param told whether its supplier said just now that the device has it */
    private void activate(Pcid pcid, Instant from, boolean told) throws Refused {
        try {
            peers.icf().activate(pcid, from, from.plus(settings.activation()));
        } catch (Refused refused) {
            if (told && refused.code() == ResultCode.PCID_UNKNOWN) {
                throw new Refused(ResultCode.UNAVAILABLE, "activation: PCID " + pcid + " was given back meanwhile");
            }
            throw refused;
        }
    }

    /**
     * With what the device may attach by now: its PCID may have been renewed since it was bought. A supplier that is there
     * and does not answer is waited for, since nothing is discarded before; of one that knows nothing, or is known no
     * more, what was in the box counts.
     */
    private Optional<List<Pcid>> pcids(Purchase bought) throws Refused {
        try {
            return Optional.of(peers.supplier(settings.supplier()).pcids(bought.device(), bought.ownerToken()));
        } catch (IllegalArgumentException gone) {
            return Optional.empty();
        } catch (Refused refused) {
            if (refused.code() != ResultCode.UNKNOWN_DEVICE && refused.code() != ResultCode.NOT_FOUND) {
                throw refused;
            }
            return Optional.empty();
        }
    }

    Optional<Order> underWay(Nonce id) {
        return ledger.database().read(connection -> Orders.find(connection, id)).filter(Order::isUnderWay);
    }

    Purchases.Chosen bought(Ueid device) {
        return ledger.database()
                .read(connection -> ledger.purchases().find(connection, device))
                .orElseThrow();
    }

    /** The order, if it is under way, has something that it needed. @return whether that is news */
    boolean met(Connection connection, Nonce id, Needed what) throws SQLException {
        Optional<Order> order = Orders.find(connection, id).filter(Order::isUnderWay);
        return order.isPresent() && met(connection, order.get(), what);
    }

    private boolean met(Connection connection, Order order, Needed what) throws SQLException {
        boolean news = Orders.met(connection, order.id(), what);
        if (news && Orders.waiting(connection, order.device()).isPresent()) {
            ledger.database().afterCommit(() -> ledger.feed().announce(order.device()));
        }
        return news;
    }
}
