// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.m2me.hal.TrustException;
import org.m2me.hal.TrustedEnvironment;
import org.m2me.protocol.cbor.CborException;
import org.m2me.protocol.message.DeviceResource;
import org.m2me.protocol.message.Mail;
import org.m2me.protocol.message.OrderAnswer;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The device's mailbox, and the orders of its owner that come in it: the Trusted Environment says whether they are. */
final class OwnersMail {
    private static final Logger LOG = LoggerFactory.getLogger(OwnersMail.class);
    private static final Duration MAIL_LIMIT = Duration.ofSeconds(30); // the gateway holds a question for 20 s

    private final AgentParts parts;
    private final TrustedEnvironment tre;
    private final Exchanges gateway;
    private final Owed owed;

    OwnersMail(AgentParts parts, Exchanges gateway, Owed owed) {
        this.parts = parts;
        this.tre = parts.tre();
        this.gateway = gateway;
        this.owed = owed;
    }

    /** What waits, if something does. */
    Optional<Mail> ask() throws Refused, IOException, InterruptedException {
        byte[] body = gateway.ask(DeviceResource.MAIL, new byte[0], MAIL_LIMIT);
        try {
            return body.length == 0 ? Optional.empty() : Optional.of(Mail.decode(body));
        } catch (CborException malformed) {
            throw new IOException("mail: " + malformed.getMessage(), malformed);
        }
    }

    /** Asks once for an order, and takes it; what the network makes of the question does not matter. */
    void lookForOrder() throws InterruptedException {
        try {
            Optional<Mail> waiting = ask();
            if (waiting.isPresent() && waiting.get() instanceof Mail.Order order) {
                take(order);
            }
        } catch (Refused | IOException nothing) {
            LOG.info("no order: {}", nothing.toString());
        }
    }

    /** Step 2: takes an order, or tells the owner why not. */
    void take(Mail.Order order) throws IOException, InterruptedException {
        try {
            TrustedEnvironment.Change change = tre.order(order.order().bytes());
            parts.events()
                    .say("ordered", "id", change.id(), "procedure", change.procedure(), "operator", change.operator());
            owed.answer();
        } catch (TrustException refused) {
            ResultCode code = ResultCode.of(refused.code());
            LOG.warn("order: {}", refused.getMessage());
            parts.events().say("order-refused", "id", order.registration().toString(), "code", code.name());
            owed.tell(new OrderAnswer(order.registration(), code, true));
        }
    }
}
