// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.m2me.agent.transport.Answer;
import org.m2me.agent.transport.Traffic;
import org.m2me.protocol.message.DeviceResource;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Step;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Exchanges with whatever server it is that answers, repeated while that may help. Every request is made so that repeating it does no harm. */
final class Exchanges {
    private static final Logger LOG = LoggerFactory.getLogger(Exchanges.class);
    private static final int TRIES = 5; // with the pauses below: outlives a restart of whatever does not answer
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1); // about a round trip over a slow bearer
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(16); // then the whole attempt starts over instead
    private static final Duration WISH_MAX = Duration.ofMinutes(1); // what a gateway may ask for at most

    private final AgentParts parts;
    private final Servers servers;
    private final BooleanSupplier onAir;
    private final Runnable onExchange;

    /**
     * Exchanges over one bearer after the other.
     *
     * @param onAir whether there is a bearer that can carry packets: asking over one that is gone would only wait
     * @param onExchange called after each, whatever came of it
     */
    Exchanges(AgentParts parts, Servers servers, BooleanSupplier onAir, Runnable onExchange) {
        this.parts = parts;
        this.servers = servers;
        this.onAir = onAir;
        this.onExchange = onExchange;
    }

    /**
     * The body of the answer to one try: for what is tried again at the next occasion anyway.
     *
     * @throws Refused if it was refused
     * @throws IOException if there is no answer
     */
    byte[] askOnce(DeviceResource resource, byte[] body, Duration limit)
            throws Refused, IOException, InterruptedException {
        Answer answer = once(resource, body, limit);
        if (!answer.isDone()) {
            throw new Refused(answer.refusal(), "the network refuses " + resource);
        }
        return answer.body();
    }

    /**
     * The body of the answer.
     *
     * @param limit for one try
     * @throws Refused with the last refusal
     * @throws IOException with the last silence
     */
    byte[] ask(DeviceResource resource, byte[] body, Duration limit) throws Refused, IOException, InterruptedException {
        Backoff backoff = new Backoff(FIRST_PAUSE, LONGEST_PAUSE, parts.random());
        long start = parts.nanoTime().getAsLong();
        long allowed = step(resource).limit().toNanos();
        while (true) {
            Duration wish;
            try {
                Answer answer = once(resource, body, limit);
                if (answer.isDone()) {
                    return answer.body();
                }
                ResultCode code = answer.refusal();
                if (!Refusals.isPassing(code) || isEnough(backoff, start, allowed)) {
                    throw new Refused(code, "the network refuses " + resource);
                }
                wish = answer.retryAfter().compareTo(WISH_MAX) < 0 ? answer.retryAfter() : WISH_MAX;
                LOG.info("{}: {}, once more", resource, code);
            } catch (OffAir gone) {
                throw gone;
            } catch (IOException silent) {
                if (isEnough(backoff, start, allowed)) {
                    throw silent;
                }
                wish = Duration.ZERO;
                LOG.info("{}: {}, once more", resource, silent.getMessage());
            }
            parts.board().watchdog().pet();
            parts.waiting().pause(wish.plus(backoff.next()));
        }
    }

    /** The step as a whole has a limit too: after it another try would belong to the next attempt. */
    private boolean isEnough(Backoff backoff, long start, long allowed) {
        return backoff.tries() + 1 >= TRIES || parts.nanoTime().getAsLong() - start >= allowed;
    }

    /** Which step an exchange belongs to; telemetry comes after all of them and is no more patient than the last. */
    private static Step step(DeviceResource resource) {
        return switch (resource) {
            case REGISTER -> Step.CONTACT_RO;
            case EVIDENCE -> Step.VALIDATE;
            case MAIL -> Step.DOWNLOAD_MCIM;
            case REPORT, TELEMETRY, ORDER, ACTIVATION -> Step.PROVISION_MCIM;
            case RELEASE -> Step.REPORT_DISCARD;
            case RELAY -> Step.RELAY_ACKNOWLEDGEMENT;
        };
    }

    private Answer once(DeviceResource resource, byte[] body, Duration limit) throws IOException, InterruptedException {
        if (!onAir.getAsBoolean()) {
            throw new OffAir();
        }
        Servers.Place place = servers.place(resource);
        Traffic before = servers.traffic();
        long start = parts.nanoTime().getAsLong();
        @Nullable Answer answer = null;
        try {
            answer = servers.exchange(resource, body, limit);
            return answer;
        } finally {
            Traffic spent = servers.traffic().since(before);
            parts.events()
                    .say(
                            "exchange",
                            "resource",
                            resource.name(),
                            "server",
                            place.name(),
                            "status",
                            answer == null ? 0 : answer.status(),
                            "millis",
                            TimeUnit.NANOSECONDS.toMillis(parts.nanoTime().getAsLong() - start),
                            "bytesUp",
                            spent.bytesUp(),
                            "bytesDown",
                            spent.bytesDown(),
                            "handshakes",
                            spent.handshakes(),
                            "handshakeBytes",
                            spent.handshakeBytes());
            onExchange.run();
        }
    }

    /** The bearer is gone: the device has to get on the air again before it asks anything. */
    private static final class OffAir extends IOException {
        private static final long serialVersionUID = 1L;

        OffAir() {
            super("the bearer is gone");
        }
    }
}
