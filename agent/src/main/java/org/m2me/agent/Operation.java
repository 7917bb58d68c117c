// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent;

import java.io.IOException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.m2me.agent.transport.Traffic;
import org.m2me.hal.Modem;
import org.m2me.hal.TrustedEnvironment.Subscription;
import org.m2me.protocol.message.DeviceResource;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.Telemetry;

/** The device at work, with the subscription that is active. */
final class Operation {
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(15); // a role's limit at the gateway, and the air

    private final AgentParts parts;
    private final Lifecycle life;
    private final Connectivity air;
    private final Exchanges gateway;
    private final Provisioning provisioning;
    private final Runnable onSent;
    private final long started;
    private long sent;

    /** @param onSent called after each telemetry message that was taken */
    Operation(
            AgentParts parts,
            Lifecycle life,
            Connectivity air,
            Exchanges gateway,
            Provisioning provisioning,
            Runnable onSent) {
        this.parts = parts;
        this.life = life;
        this.air = air;
        this.gateway = gateway;
        this.provisioning = provisioning;
        this.onSent = onSent;
        this.started = parts.nanoTime().getAsLong();
    }

    /**
     * Gets on the air and works.
     *
     * @param count telemetry messages to send since the agent started, or 0: never ends
     * @param pauses between two of them
     */
    void run(Subscription subscription, long count, Waiting pauses) throws Refused, IOException, InterruptedException {
        life.enter(State.REATTACHING, "with the subscription of " + subscription.operator());
        air.operational(subscription);
        if (!subscription.confirmed()) {
            parts.tre().confirmActive(); // the network and the USIM have authenticated each other
        }
        provisioning.report(); // of an installation after which the agent was cut
        life.enter(State.OPERATIONAL, "as a subscriber of " + subscription.operator());
        while (true) {
            send();
            if (count > 0 && sent >= count) {
                return;
            }
            pauses.pause(parts.configuration().telemetryInterval());
        }
    }

    private void send() throws Refused, IOException, InterruptedException {
        long sequence = parts.tre().nextSequence();
        Telemetry telemetry =
                new Telemetry(sequence, parts.clock().instant().truncatedTo(ChronoUnit.SECONDS), readings());
        gateway.ask(DeviceResource.TELEMETRY, telemetry.encode(), ANSWER_LIMIT);
        sent++;
        onSent.run();
        parts.events().say("telemetry", "sequence", sequence);
    }

    private SortedMap<String, Long> readings() throws IOException {
        SortedMap<String, Long> readings = new TreeMap<>();
        readings.put("uptime_s", TimeUnit.NANOSECONDS.toSeconds(parts.nanoTime().getAsLong() - started));
        Traffic traffic = parts.transport().traffic();
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
