// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.m2me.hal.TrustedEnvironment;
import org.m2me.hal.TrustedEnvironment.Subscription;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Procedure;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The device's life, from start to work: what fails is tried again, within limits; what is refused for good is not. */
public final class Agent {
    private static final Logger LOG = LoggerFactory.getLogger(Agent.class);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(2); // a network that was busy for a moment
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(10); // found again soon after an outage, yet cheap
    private static final int REFUSALS_MAX = 10; // in a row, that are no outage: nobody changed what led to them
    private static final int ONCE_FAILURES_MAX = 8; // about four minutes: somebody waits for the result
    private static final String PRISTINE = Procedure.PRISTINE.name();
    private static final Duration QUIET_PAUSE = Duration.ofSeconds(20); // watchdogs want to hear from us meanwhile

    private final AgentParts parts;
    private final Lifecycle life;
    private final StatusFile statusFile;
    private final Measuring measuring;
    private final Tampering tampering;
    private final Connectivity air;
    private final Servers servers;
    private final OwnersMail mail;
    private final Provisioning provisioning;
    private final Change change;
    private final FallBack fallBack;
    private final Operation operation;
    private final Backoff backoff;
    private final long bootCount;
    private volatile @Nullable ResultCode lastRefusal;
    private volatile Optional<Instant> asksAgain = Optional.empty();
    private Optional<String> operator = Optional.empty();
    private Optional<String> changing = Optional.empty();
    private Optional<Instant> pcidExpires = Optional.empty();
    private Optional<NamedServer> application = Optional.empty();
    private Optional<NamedServer> management = Optional.empty();
    private volatile Optional<Lifecycle.Move> lastMove = Optional.empty();
    private int refusalsInARow;
    private boolean measured;

    public Agent(AgentParts parts) {
        this.parts = parts;
        this.statusFile = new StatusFile(parts.configuration().statusFile());
        this.life = new Lifecycle(parts.clock(), List.of(this::light, this::tell, this::remember));
        this.measuring = new Measuring(parts);
        this.tampering = new Tampering(parts, this::keepStatus);
        this.air = new Connectivity(parts);
        this.servers = new Servers(parts, air::operational);
        Exchanges gateway = new Exchanges(parts, servers, air::isUp, this::keepStatus);
        Owed owed = new Owed(parts, life, gateway);
        this.mail = new OwnersMail(parts, gateway, owed);
        Obtaining obtaining = new Obtaining(parts, life, gateway, measuring, mail);
        this.provisioning = new Provisioning(parts, life, air, obtaining, owed);
        this.change = new Change(parts, life, air, new Change.Ways(obtaining, provisioning, owed));
        Activating activating = new Activating(parts, gateway, servers);
        Operation.Duties duties =
                new Operation.Duties(owed, mail, change, activating, new Renewal(parts, gateway, mail, owed));
        this.fallBack = new FallBack(parts, life, air, duties);
        Operation.Ways ways = new Operation.Ways(air, gateway, servers);
        this.operation = new Operation(parts, life, ways, duties, fallBack, this::goesWell);
        this.bootCount = parts.tre().bootCount();
        this.backoff = new Backoff(FIRST_PAUSE, LONGEST_PAUSE, parts.random());
    }

    /**
     * Lives until the work is done or the thread is interrupted.
     *
     * @param once ends after the first telemetry message, and when that cannot be reached; else a device that was
     *     refused stays, quiet but for a question now and then, and one that finds no network goes on trying
     */
    public ExitCode run(boolean once) {
        try {
            life.enter(State.STARTING, "boot " + bootCount);
            tampering.watch();
            ExitCode end = untilTheEnd(once);
            if (end == ExitCode.DONE) {
                life.enter(State.STOPPED, "all is sent");
            }
            return end;
        } catch (InterruptedException stop) {
            if (life.state() == State.REFUSED) {
                return ExitCode.REFUSED; // and what it was refused for is still told
            }
            life.enter(State.STOPPED, "by order");
            return ExitCode.STOPPED;
        } catch (RuntimeException fault) {
            LOG.error("cannot go on", fault);
            life.enter(State.FAULT, fault.toString());
            return ExitCode.FAULT;
        } finally {
            servers.close();
            air.close();
        }
    }

    private ExitCode untilTheEnd(boolean once) throws InterruptedException {
        long count = once ? 1 : parts.configuration().telemetryCount();
        while (true) {
            String failure;
            try {
                attempt(count);
                return ExitCode.DONE;
            } catch (Refused refused) {
                failure = String.valueOf(refused.getMessage());
                if (isRefusedForGood(refused)) {
                    if (once) {
                        return giveUp(ExitCode.REFUSED, failure);
                    }
                    if (ownerWantsSomethingElse()) {
                        continue;
                    }
                    stayQuiet(failure);
                    continue;
                }
            } catch (IOException silent) {
                failure = String.valueOf(silent.getMessage());
                LOG.debug("attempt failed", silent);
                if (backoff.tries() > 0 && !(silent instanceof ApplicationSilent)) {
                    air.drop(); // the second time in a row: the bearer may be dead without knowing
                }
            }
            if (once && backoff.tries() >= ONCE_FAILURES_MAX) {
                return giveUp(ExitCode.GAVE_UP, failure);
            }
            Duration pause = backoff.next();
            life.enter(State.BACKING_OFF, "for " + pause.toMillis() + " ms: " + failure);
            pause(pause);
        }
    }

    /** Everything, from wherever the Trusted Environment says we are. */
    private void attempt(long count) throws Refused, IOException, InterruptedException {
        if (!measured) {
            life.enter(State.MEASURING, parts.configuration().components().size() + " components");
            measuring.measure();
            measured = true;
        }
        while (true) {
            getSubscription();
            Optional<Subscription> subscription = parts.tre().active();
            if (subscription.isPresent() && operation.run(subscription.get(), count, this::pause)) {
                return;
            }
        }
    }

    /** Nothing that the old subscription is needed for may wait until it can be reached. */
    private void getSubscription() throws Refused, IOException, InterruptedException {
        Optional<TrustedEnvironment.Change> ordered = parts.tre().change();
        boolean pristine = parts.tre().active().isEmpty();
        if (pristine && ordered.isEmpty()) {
            provisioning.run();
            goesWell();
        } else if (pristine
                || ordered.filter(it -> it.procedure().equals(PRISTINE)).isPresent()) {
            change.attempt();
            if (parts.tre().active().isEmpty() && parts.tre().change().isPresent()) {
                throw new IOException("what the owner ordered is not done yet");
            }
            goesWell();
        }
    }

    private void goesWell() {
        backoff.reset();
        refusalsInARow = 0;
    }

    private boolean isRefusedForGood(Refused refused) {
        ResultCode code = refused.code();
        lastRefusal = code;
        parts.events().say("refused", "code", code.name(), "detail", refused.detail());
        if (!Refusals.isOutage(code)) {
            refusalsInARow++;
        }
        return Refusals.isForGood(code) || refusalsInARow >= REFUSALS_MAX;
    }

    /** Asks once before it is quiet: the way out of a refusal may be another operator. */
    private boolean ownerWantsSomethingElse() throws InterruptedException {
        Optional<TrustedEnvironment.Change> before = parts.tre().change();
        if (air.isUp()) {
            mail.lookForOrder();
        }
        Optional<TrustedEnvironment.Change> after = parts.tre().change();
        return after.isPresent() && !after.equals(before);
    }

    private ExitCode giveUp(ExitCode end, String reason) {
        air.drop();
        life.enter(end == ExitCode.REFUSED ? State.REFUSED : State.STOPPED, reason);
        return end;
    }

    /**
     * Leaves the air for long. Then it asks once more: somebody may have lifted the refusal. How long is drawn from half
     * to one and a half of what is configured, so that a fleet that was refused together does not ask together.
     */
    private void stayQuiet(String reason) throws InterruptedException {
        long usual = parts.configuration().refusedRetry().toMillis();
        Duration quiet = Duration.ofMillis(usual / 2 + parts.random().nextLong(usual + 1));
        air.drop();
        asksAgain = Optional.of(parts.clock().instant().plus(quiet));
        life.enter(State.REFUSED, reason);
        pause(quiet);
        asksAgain = Optional.empty();
        backoff.reset();
    }

    /** Waits, and keeps the watchdog content meanwhile. */
    private void pause(Duration whole) throws InterruptedException {
        Duration left = whole;
        while (left.compareTo(QUIET_PAUSE) > 0) {
            parts.board().watchdog().pet();
            parts.waiting().pause(QUIET_PAUSE);
            left = left.minus(QUIET_PAUSE);
        }
        parts.board().watchdog().pet();
        parts.waiting().pause(left);
    }

    private void light(Lifecycle.Move move) {
        parts.board().lights().show(move.to().light());
    }

    private void tell(Lifecycle.Move move) {
        parts.events()
                .say(
                        "state",
                        "from",
                        move.from().name(),
                        "to",
                        move.to().name(),
                        "reason",
                        move.reason(),
                        "bytesUp",
                        servers.traffic().bytesUp(),
                        "bytesDown",
                        servers.traffic().bytesDown());
    }

    private void remember(Lifecycle.Move move) {
        lastMove = Optional.of(move);
        keepStatus();
    }

    private void keepStatus() {
        lastMove.ifPresent(this::keepStatus);
    }

    private synchronized void keepStatus(Lifecycle.Move move) {
        try {
            operator = parts.tre().active().map(Subscription::operator);
            pcidExpires = parts.tre().pcidExpires();
            application = servers.told(Servers.Place.APPLICATION);
            management = servers.told(Servers.Place.MANAGEMENT);
            changing = parts.tre().change().map(it -> it.procedure() + " to " + it.operator() + ", " + it.stage());
        } catch (IllegalStateException closed) {
            LOG.debug("the Trusted Environment is closed: {}", closed.toString()); // what it said last is told
        }
        try {
            AgentStatus status = new AgentStatus(
                    move.to(),
                    move.at(),
                    move.reason(),
                    operator,
                    Optional.ofNullable(lastRefusal),
                    asksAgain,
                    changing,
                    fallBack.last(),
                    pcidExpires,
                    application,
                    management,
                    tampering.noticed(),
                    bootCount,
                    servers.traffic());
            statusFile.keep(status, parts.nanoTime().getAsLong());
        } catch (IOException full) {
            LOG.warn("status file: {}", full.toString()); // the device works without it
        }
    }
}
