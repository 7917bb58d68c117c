// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.m2me.protocol.message.DeviceResource;

/** How often the device asks servers that do not answer, and whom it asks instead. */
final class AgentServersTest extends FleetFixture {
    @Test
    void asksASilentActivationServiceNowAndThenAndStaysAtWork() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        agent.between = transport -> new Cut(
                transport,
                resource -> {
                    if (resource == DeviceResource.ACTIVATION) {
                        asked.incrementAndGet();
                        throw new IOException("not heard");
                    }
                },
                false);
        timePassesWhileItWaits();
        agent.telemetryCount = 31; // a minute apart

        assertThat(agent.run(false)).isEqualTo(ExitCode.DONE);

        assertThat(sequences(network)).hasSize(31);
        assertThat(asked).hasValue(3); // at once, after a quarter of an hour, and after another
    }

    @Test
    void staysWithAManagementServerThatFailsNowAndThen() throws Exception {
        activate(1, toBoth(MANAGER, Optional.empty()));
        agent.run(true);
        AtomicInteger exchanges = new AtomicInteger();
        agent.toNamed = transport -> new Cut(
                transport,
                resource -> {
                    if (resource == DeviceResource.ACTIVATION && exchanges.getAndIncrement() % 2 == 0) {
                        throw new IOException("not heard");
                    }
                },
                false);
        timePassesWhileItWaits();
        fleet.announces();
        agent.telemetryCount = 10;
        agent.waiting = announcing(agent.waiting);

        assertThat(agent.run(false)).isEqualTo(ExitCode.DONE);

        assertThat(exchanges).hasValueGreaterThan(4);
        assertThat(events("management-unreachable")).isEmpty();
    }

    /** The application server says each time that something waits. */
    private Waiting announcing(Waiting waiting) {
        return pause -> {
            waiting.pause(pause);
            fleet.announces();
        };
    }

    @Test
    void getsOnTheAirAnewWhenNobodyAtAllAnswers() throws Exception {
        activate(1, toApplication());
        agent.run(true);
        silentFor(Long.MAX_VALUE);
        AtomicInteger unheard = new AtomicInteger();
        agent.between = transport -> new Cut(
                transport,
                resource -> {
                    if (resource == DeviceResource.ACTIVATION && unheard.getAndIncrement() < 3) {
                        throw new IOException("not heard");
                    }
                },
                false);
        timePassesWhileItWaits();
        network.activates(2, world.withdrawal(2));
        agent.board.log.clear();

        assertThat(agent.run(true)).isEqualTo(ExitCode.DONE);

        List<String> opened = agent.board.log.stream()
                .filter(line -> line.startsWith("open " + TestWorld.APN))
                .toList();
        assertThat(opened).hasSizeGreaterThan(1);
        assertThat(sequences(network)).isNotEmpty();
    }
}
