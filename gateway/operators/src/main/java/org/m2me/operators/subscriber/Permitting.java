// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.subscriber;

import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.m2me.operators.Ivf;
import org.m2me.operators.store.Database;
import org.m2me.operators.store.Outbox;
import org.m2me.operators.subscriber.Orders.Needed;
import org.m2me.operators.subscriber.Orders.Order;
import org.m2me.operators.wiring.BriefCalls;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.OwnerSecret;
import org.m2me.protocol.message.Refused;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the IVF which operators may inquire. That only saves a validation: an order does not wait for it for longer than a
 * moment, nor fails for want of it, since to an operator that may not inquire the PVA answers.
 */
final class Permitting implements AutoCloseable {
    /** The new operator may inquire; keyed by the order. Owed as long as that is under way. */
    static final String PERMIT = "permit";

    /** An operator may inquire about the devices of an agreement; keyed by a number of its own. */
    static final String AGREED = "agreed";

    /** A thousand devices written in one transaction, on a slow disk too. */
    private static final Duration AGREED_WAIT = Duration.ofSeconds(30);

    private static final Logger LOG = LoggerFactory.getLogger(Permitting.class);

    private final OrderWork orders;
    private final Operators operators;
    private final Duration wait;
    private final Clock clock;
    private final Database database;
    private final BriefCalls calls = new BriefCalls("IVF");

    /** @param wait of an order, since it was given */
    Permitting(OrderWork orders, Operators operators, Duration wait, Clock clock, Database database) {
        this.orders = orders;
        this.operators = operators;
        this.wait = wait;
        this.clock = clock;
        this.database = database;
    }

    Map<String, Outbox.Handler> handlers() {
        return Map.of(PERMIT, (key, body) -> permit(new Nonce(Opaque.hex(key))), AGREED, (key, body) -> agreed(body));
    }

    private Outbox.FollowUp permit(Nonce id) throws Refused {
        Optional<Order> order = orders.underWay(id);
        if (order.isEmpty()) {
            return Outbox.FollowUp.NONE;
        }
        Ueid device = order.get().device();
        try {
            tell(wait, order.get().ordered().operator(), List.of(owned(device)));
        } catch (Refused | RuntimeException why) {
            if (!Outbox.isFinal(why)) {
                goOnWithout(order.get(), why);
                throw why;
            }
            LOG.warn("order {} to {}: goes out without the IVF, which refuses: {}", id, device, why.toString());
        }
        return connection -> {
            boolean unused = orders.met(connection, id, Needed.PERMITTED);
        };
    }

    /** Once the time is up. By a clock that was set back it is, too: nobody knows how long it has been. */
    private void goOnWithout(Order order, Exception why) {
        Duration waited =
                Duration.between(order.ordered().at(), clock.instant()).abs();
        if (waited.compareTo(wait) >= 0
                && database.transact(connection -> orders.met(connection, order.id(), Needed.PERMITTED))) {
            LOG.warn(
                    "order {} to {}: goes out without the IVF, which has not answered for {}: {}",
                    order.id(),
                    order.device(),
                    waited,
                    why.toString());
        }
    }

    private void tell(Duration limit, Plmn operator, List<Ivf.Owned> devices) throws Refused {
        Ivf.Permission permission = new Ivf.Permission(operators.name(), operator, devices);
        boolean unused = calls.within(limit, () -> {
            operators.peers().ivf().permit(permission);
            return true;
        });
    }

    /** Devices and an operator as work of the outbox: the operator's bytes, then 17 for each device. */
    static byte[] agreed(Plmn operator, List<Ueid> devices) {
        ByteBuffer body = ByteBuffer.allocate(Plmn.LENGTH + devices.size() * Ueid.LENGTH);
        body.put(operator.bytes());
        devices.forEach(device -> body.put(device.value().bytes()));
        return body.array();
    }

    private Outbox.FollowUp agreed(byte[] body) throws Refused {
        Plmn operator = Plmn.ofBytes(Arrays.copyOf(body, Plmn.LENGTH));
        List<Ivf.Owned> devices = new ArrayList<>();
        for (int at = Plmn.LENGTH; at < body.length; at += Ueid.LENGTH) {
            devices.add(owned(new Ueid(Opaque.of(Arrays.copyOfRange(body, at, at + Ueid.LENGTH)))));
        }
        tell(AGREED_WAIT, operator, devices);
        return Outbox.FollowUp.NONE;
    }

    private Ivf.Owned owned(Ueid device) {
        byte[] fromTheBox = orders.bought(device).purchase().ownerToken().bytes();
        try (SecretBytes secret = SecretBytes.takeFrom(fromTheBox)) {
            return new Ivf.Owned(device, OwnerSecret.inquiryToken(secret));
        }
    }

    @Override
    public void close() {
        calls.close();
    }
}
