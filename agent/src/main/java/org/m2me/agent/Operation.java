// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent;

import java.io.IOException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.m2me.agent.transport.Traffic;
import org.m2me.hal.Modem;
import org.m2me.hal.TrustedEnvironment.Subscription;
import org.m2me.protocol.cbor.CborException;
import org.m2me.protocol.message.DeviceResource;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.Telemetry;
import org.m2me.protocol.message.Verdict;

/** The device at work, with the subscription that is active. */
final class Operation {
    private static final Duration RELEASE_PAUSE = Duration.ofDays(1); // between two tries over the same bearer

    private final AgentParts parts;
    private final Lifecycle life;
    private final Connectivity air;
    private final Exchanges gateway;
    private final Servers servers;
    private final Duties duties;
    private final FallBack fallBack;
    private final Runnable onSent;
    private final Unacknowledged unacknowledged = new Unacknowledged();
    private final long started;
    private long measured;
    private long sent;
    private long releasesTried;

    /**
     * What there is to do besides.
     *
     * @param mail where orders come from
     * @param renewal of the PCID
     */
    record Duties(Owed owed, OwnersMail mail, Change change, Activating activating, Renewal renewal) {}

    /** What carries its messages. */
    record Ways(Connectivity air, Exchanges gateway, Servers servers) {}

    /** @param onSent called after each telemetry message that was taken */
    Operation(AgentParts parts, Lifecycle life, Ways ways, Duties duties, FallBack fallBack, Runnable onSent) {
        this.parts = parts;
        this.life = life;
        this.air = ways.air();
        this.gateway = ways.gateway();
        this.servers = ways.servers();
        this.duties = duties;
        this.fallBack = fallBack;
        this.onSent = onSent;
        this.started = parts.nanoTime().getAsLong();
    }

    /**
     * Gets on the air and works, until another subscription is active or all is sent.
     *
     * @param count telemetry messages to send since the agent started, or 0: never ends
     * @param pauses between two of them
     * @return whether all is sent
     */
    boolean run(Subscription subscription, long count, Waiting pauses)
            throws Refused, IOException, InterruptedException {
        Subscription used = attach(subscription);
        duties.owed().report(); // of an installation after which the agent was cut
        duties.owed().answer();
        tellOldOperators();
        if (!goesOnAfterChange(used)) {
            return false;
        }
        while (true) {
            Optional<ApplicationSilent> silent = work(used.operator());
            if (!goesOnAfterChange(used)) {
                return false;
            }
            duties.renewal().attempt();
            if (!goesOnAfterChange(used)) { // an order may have come instead
                return false;
            }
            if (silent.isPresent()) {
                throw silent.get();
            }
            if (count > 0 && sent >= count) {
                return true;
            }
            pauses.pause(parts.configuration().telemetryInterval());
            duties.owed().answer();
            if (parts.nanoTime().getAsLong() - releasesTried >= RELEASE_PAUSE.toNanos()) {
                tellOldOperators();
            }
        }
    }

    /** Sends telemetry, and asks what the owner wants. @return why no telemetry gets through, if none does */
    private Optional<ApplicationSilent> work(String operator) throws Refused, IOException, InterruptedException {
        duties.activating().askOnce(operator);
        try {
            if (send() && duties.activating().ask() != Activating.News.TAKEN) {
                duties.mail().lookForOrder();
            }
            return Optional.empty();
        } catch (ApplicationSilent failed) {
            return asksInPlaceOfTelemetry(failed) ? work(operator) : Optional.of(failed);
        }
    }

    private Subscription attach(Subscription subscription) throws IOException, InterruptedException {
        life.enter(State.REATTACHING, "with the subscription of " + subscription.operator());
        try {
            air.operational(subscription);
        } catch (IOException cannot) {
            fallBack.failed();
            throw cannot;
        }
        fallBack.works();
        if (!subscription.confirmed()) {
            parts.tre().confirmActive(); // the network and the USIM have authenticated each other
        }
        return parts.tre().active().orElseThrow();
    }

    private void tellOldOperators() throws IOException, InterruptedException {
        releasesTried = parts.nanoTime().getAsLong();
        duties.owed().releases();
    }

    /** Does what is ordered, if something is. @return whether this is the subscription to work with still */
    private boolean goesOnAfterChange(Subscription used) throws Refused, IOException, InterruptedException {
        if (parts.tre().change().isPresent()) {
            duties.change().attempt();
        }
        boolean goesOn = parts.tre().active().equals(Optional.of(used));
        if (goesOn && life.state() != State.OPERATIONAL) {
            life.enter(State.OPERATIONAL, "as a subscriber of " + used.operator());
        }
        return goesOn;
    }

    /**
     * No telemetry gets through, and with it no word that something waits: so the device asks.
     *
     * @return whether its owner has named another application server
     * @throws IOException if nobody else answers either
     */
    private boolean asksInPlaceOfTelemetry(ApplicationSilent failed) throws IOException, InterruptedException {
        Activating.News news = duties.activating().ask();
        if (news == Activating.News.SILENCE) {
            throw new IOException(failed.getMessage(), failed); // it may be the bearer that is dead
        }
        if (news == Activating.News.NOTHING) {
            duties.mail().lookForOrder();
        }
        return news == Activating.News.TAKEN;
    }

    /** @return whether something of the owner's waits: a newer activation, or mail */
    private boolean send() throws Refused, IOException, InterruptedException {
        measure();
        boolean waits = false;
        while (unacknowledged.oldest().isPresent()) {
            Telemetry telemetry = unacknowledged.oldest().get();
            byte[] answer = deliver(telemetry);
            unacknowledged.done();
            sent++;
            onSent.run();
            parts.events().say("telemetry", "sequence", telemetry.sequence());
            waits |= saysMail(answer);
        }
        return waits;
    }

    /** What was not acknowledged is sent again before it is time for another reading. */
    private void measure() throws IOException {
        long now = parts.nanoTime().getAsLong();
        boolean due =
                now - measured >= parts.configuration().telemetryInterval().toNanos();
        if (unacknowledged.oldest().isPresent() && !due) {
            return;
        }
        long sequence = parts.tre().nextSequence();
        Telemetry telemetry =
                new Telemetry(sequence, parts.clock().instant().truncatedTo(ChronoUnit.SECONDS), readings());
        measured = now;
        unacknowledged
                .add(telemetry)
                .ifPresent(lost -> parts.events().say("telemetry-dropped", "sequence", lost.sequence()));
    }

    private byte[] deliver(Telemetry telemetry) throws Refused, IOException, InterruptedException {
        boolean toApplication = servers.place(DeviceResource.TELEMETRY) == Servers.Place.APPLICATION;
        try {
            return gateway.ask(DeviceResource.TELEMETRY, telemetry.encode(), Owed.ANSWER_LIMIT);
        } catch (Refused refused) {
            if (Refusals.isForGood(refused.code())) {
                unacknowledged.done(); // the same message would be refused again
            }
            if (toApplication) {
                throw new ApplicationSilent(refused);
            }
            throw refused;
        } catch (IOException silent) {
            if (toApplication && air.isUp()) {
                throw new ApplicationSilent(silent);
            }
            throw silent;
        }
    }

    private static boolean saysMail(byte[] answer) throws IOException {
        try {
            return answer.length > 0 && Verdict.decode(answer).mail();
        } catch (CborException malformed) {
            throw new IOException("verdict on telemetry: " + malformed.getMessage(), malformed);
        }
    }

    private SortedMap<String, Long> readings() throws IOException {
        SortedMap<String, Long> readings = new TreeMap<>();
        readings.put("uptime_s", TimeUnit.NANOSECONDS.toSeconds(parts.nanoTime().getAsLong() - started));
        Traffic traffic = servers.traffic();
        readings.put("up_bytes", traffic.bytesUp());
        readings.put("down_bytes", traffic.bytesDown());
        if (parts.board().modem().isPresent()) {
            Modem modem = parts.board().modem().get();
            OptionalInt signal = modem.signal();
            if (signal.isPresent()) {
                readings.put("signal_dbm", (long) signal.getAsInt());
            }
        }
        return readings;
    }
}
