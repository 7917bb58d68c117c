// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What another process reads of an agent while it works. */
final class AgentStatusTest extends FleetFixture {
    private final List<AgentStatus> seen = new ArrayList<>();
    private AtomicLong now;

    @BeforeEach
    void look() {
        now = timePassesWhileItWaits();
        agent.waiting = pause -> {
            now.addAndGet(pause.toNanos());
            seen.add(status());
        };
    }

    private AgentStatus status() {
        try {
            return agent.status();
        } catch (Exception unreadable) {
            throw new IllegalStateException(unreadable);
        }
    }

    private NamedServer telemetry(boolean inUse, Optional<Instant> silentSince) {
        return new NamedServer(at(application.address(), TELEMETRY_SERVER).toString(), inUse, silentSince);
    }

    private NamedServer manager(boolean inUse, Optional<Instant> silentSince) {
        return new NamedServer(at(management.address(), MANAGER).toString(), inUse, silentSince);
    }

    @Test
    void tellsTheBytesOnTheAirRightAfterARestartThoughItsStateStaysTheSame() throws Exception {
        agent.run(true);
        seen.clear();
        agent.telemetryCount = 2;

        agent.run(false);

        AgentStatus first = seen.get(0);
        assertThat(first.state()).isEqualTo(State.OPERATIONAL);
        assertThat(first.bootCount()).isEqualTo(2);
        assertThat(first.traffic().handshakes()).isEqualTo(1);
        assertThat(first.traffic().bytesUp()).isGreaterThan(500);
        assertThat(first.traffic().bytesDown()).isGreaterThan(500);
        long more = status().traffic().bytesUp() - first.traffic().bytesUp();
        assertThat(more).as("one telemetry message").isBetween(50L, 500L);
    }

    @Test
    void tellsThatNobodyIsNamed() throws Exception {
        agent.run(true);
        assertThat(status().application()).isEmpty();
        assertThat(status().management()).isEmpty();
    }

    @Test
    void tellsTheNamedServersAlsoAfterARestartAndNotWhenTheyAreWithdrawn() throws Exception {
        activate(1, toBoth(MANAGER, Optional.empty()));
        agent.run(true);
        agent.telemetryCount = 2;
        seen.clear();
        agent.run(false);
        assertThat(seen.get(0).application()).contains(telemetry(true, Optional.empty()));
        assertThat(seen.get(0).management()).contains(manager(true, Optional.empty()));

        network.activates(2, world.withdrawal(2));
        agent.run(true);
        assertThat(status().application()).isEmpty();
        assertThat(status().management()).isEmpty();
    }

    @Test
    void tellsSinceWhenTheApplicationServerIsOutOfReachUntilItAnswers() throws Exception {
        activate(1, toApplication());
        agent.run(true);
        silentFor(5);
        seen.clear();
        Instant then = world.clock.instant();
        agent.run(true);
        assertThat(seen.get(0).application()).contains(telemetry(true, Optional.of(then)));
        assertThat(seen.get(0).management()).isEmpty();
        assertThat(status().application().orElseThrow().silentSince()).isEmpty();
    }

    @Test
    void tellsThatTheGatewayStandsInForTheManagementServer() throws Exception {
        activate(1, toBoth(MANAGER, Optional.empty()));
        agent.run(true);
        silentFor(Long.MAX_VALUE);
        Instant then = world.clock.instant();
        agent.telemetryCount = 1;
        seen.clear();
        agent.waiting = pause -> {
            now.addAndGet(pause.toNanos());
            seen.add(status());
            if (seen.size() > 40) {
                throw new InterruptedException("enough");
            }
        };
        agent.run(false);
        assertThat(seen)
                .anySatisfy(status -> assertThat(status.management()).contains(manager(true, Optional.of(then))));
        assertThat(seen)
                .anySatisfy(status -> assertThat(status.management()).contains(manager(false, Optional.of(then))));
    }
}
