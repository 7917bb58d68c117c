// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.m2me.hal.TrustException;
import org.m2me.hal.TrustedEnvironment;
import org.m2me.protocol.message.Activation;
import org.m2me.protocol.message.ActivationRequest;
import org.m2me.protocol.message.DeviceResource;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Application activation (TR 33.812 5.2.5.3.5.2) as the device does it: once it works with a subscription, again with the
 * next operator's, and when it is told that there is something new, it asks with whom it shall work.
 */
final class Activating {
    private static final Logger LOG = LoggerFactory.getLogger(Activating.class);
    private static final Duration ASK_AGAIN = Duration.ofMinutes(15); // of a service that did not answer; work goes on

    private final AgentParts parts;
    private final TrustedEnvironment tre;
    private final Exchanges gateway;
    private final Servers servers;
    private Optional<String> answeredFor = Optional.empty();
    private OptionalLong failed = OptionalLong.empty();

    /** What came of a question. */
    enum News {
        /** Nobody answered. */
        SILENCE,
        /** Nothing that the device had not. */
        NOTHING,
        /** From now on it works with others. */
        TAKEN
    }

    Activating(AgentParts parts, Exchanges gateway, Servers servers) {
        this.parts = parts;
        this.tre = parts.tre();
        this.gateway = gateway;
        this.servers = servers;
    }

    /** Asks, unless it was answered while it was with this operator. */
    void askOnce(String operator) throws InterruptedException {
        if (answeredFor.equals(Optional.of(operator)) || wasAskedJustNow()) {
            return;
        }
        if (ask() == News.SILENCE) {
            failed = OptionalLong.of(parts.nanoTime().getAsLong());
        } else {
            answeredFor = Optional.of(operator);
        }
    }

    private boolean wasAskedJustNow() {
        return failed.isPresent() && parts.nanoTime().getAsLong() - failed.getAsLong() < ASK_AGAIN.toNanos();
    }

    /** Asks once; what the network makes of the question does not matter. */
    News ask() throws InterruptedException {
        try {
            byte[] answer = question();
            if (answer.length == 0 || !take(answer)) {
                return News.NOTHING;
            }
        } catch (Refused refused) {
            LOG.info("no activation: {}", refused.toString());
            return News.NOTHING;
        } catch (IOException silent) {
            LOG.info("no activation: {}", silent.toString());
            return News.SILENCE;
        }
        tellThatItIsHere();
        return News.TAKEN;
    }

    /** The number in the next question is news for the owner; if it is lost, the question after that has it too. */
    private void tellThatItIsHere() throws InterruptedException {
        try {
            question();
        } catch (Refused | IOException lost) {
            LOG.info("the owner does not know yet that the activation is here: {}", lost.toString());
        }
    }

    private byte[] question() throws Refused, IOException, InterruptedException {
        return gateway.askOnce(DeviceResource.ACTIVATION, new ActivationRequest(held()).encode(), Owed.ANSWER_LIMIT);
    }

    private long held() {
        return tre.activation().map(it -> Servers.decode(it).number()).orElse(0L);
    }

    /** @return whether it is another one */
    private boolean take(byte[] answer) throws IOException {
        long before = held();
        try {
            tre.activate(answer);
        } catch (TrustException refused) {
            ResultCode code = ResultCode.of(refused.code());
            LOG.warn("activation: {}", refused.getMessage());
            parts.events().say("activation-refused", "code", code.name());
            return false;
        }
        if (held() == before) {
            return false;
        }
        servers.activated();
        say(Servers.decode(tre.activation().orElseThrow()), answer.length);
        return true;
    }

    private void say(Activation taken, int bytes) {
        if (taken.terms().isEmpty()) {
            parts.events().say("deactivated", "number", taken.number(), "bytes", bytes);
            return;
        }
        Activation.Terms terms = taken.terms().get();
        parts.events()
                .say(
                        "activated",
                        "number",
                        taken.number(),
                        "application",
                        terms.application().toString(),
                        "management",
                        terms.management().map(Activation.Server::toString).orElse("the gateway"),
                        "bytes",
                        bytes);
    }
}
