// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.OptionalLong;
import org.m2me.hal.TrustedEnvironment;
import org.m2me.hal.TrustedEnvironment.Subscription;
import org.m2me.protocol.message.Refused;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * When the device leaves a subscription that it cannot get on the air with. One that has never authenticated since it
 * became active is left for good; one that has is kept, and the device only asks with its PCID whether its owner wants
 * something.
 */
final class FallBack {
    private static final Logger LOG = LoggerFactory.getLogger(FallBack.class);

    private final AgentParts parts;
    private final TrustedEnvironment tre;
    private final Lifecycle life;
    private final Connectivity air;
    private final Operation.Duties duties;
    private OptionalLong failingSince = OptionalLong.empty();
    private volatile Optional<String> last = Optional.empty();

    FallBack(AgentParts parts, Lifecycle life, Connectivity air, Operation.Duties duties) {
        this.parts = parts;
        this.tre = parts.tre();
        this.life = life;
        this.air = air;
        this.duties = duties;
    }

    /** What the last one was, for people. */
    Optional<String> last() {
        return last;
    }

    /** It is on the air with its subscription. */
    void works() {
        failingSince = OptionalLong.empty();
    }

    /** It could not get on the air with its subscription. */
    void failed() throws InterruptedException {
        Optional<Subscription> active = tre.active();
        if (active.isEmpty()) {
            works();
            return;
        }
        long now = parts.nanoTime().getAsLong();
        if (failingSince.isEmpty()) {
            failingSince = OptionalLong.of(now);
        }
        Duration failing = Duration.ofNanos(now - failingSince.getAsLong());
        Duration limit = active.get().confirmed()
                ? parts.configuration().fallBack().confirmed()
                : parts.configuration().fallBack().unconfirmed();
        if (failing.compareTo(limit) < 0) {
            return;
        }
        works();
        if (active.get().confirmed()) {
            look(active.get());
        } else {
            leave(active.get());
        }
    }

    private void leave(Subscription failed) {
        air.drop();
        try {
            String to = tre.fallBack().map(it -> "that of " + it.operator()).orElse("the PCID");
            last = Optional.of("from " + failed.operator() + " to " + to + " at " + now());
            life.enter(State.FALLING_BACK, "the subscription of " + failed.operator() + " never worked: to " + to);
            parts.events().say("fell-back", "operator", failed.operator(), "to", to);
        } catch (IOException full) {
            LOG.warn("cannot fall back: {}", full.toString()); // tried again after the same time
        }
    }

    private Instant now() {
        return parts.clock().instant().truncatedTo(ChronoUnit.SECONDS);
    }

    private void look(Subscription unreachable) throws InterruptedException {
        last = Optional.of("asked with the PCID at " + now() + ", " + unreachable.operator() + " was out of reach");
        life.enter(State.LOOKING, "the operator " + unreachable.operator() + " is out of reach");
        air.drop();
        tre.lookWithPcid(true);
        try {
            air.initial();
            duties.owed().releases();
            if (tre.change().isEmpty()) {
                duties.mail().lookForOrder();
            }
            if (tre.change().isPresent()) {
                duties.change().attempt();
            }
        } catch (Refused | IOException nothing) {
            LOG.info("asked for an order with the PCID: {}", nothing.toString());
        } finally {
            tre.lookWithPcid(false);
            air.drop();
        }
    }
}
