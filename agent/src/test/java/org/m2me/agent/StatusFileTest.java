// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.m2me.agent.transport.Traffic;

/** How often the status is written to the board's flash. */
final class StatusFileTest extends FleetFixture {
    private static final Instant THEN = Instant.parse("2026-11-22T12:00:00Z");
    private static final String MANAGEMENT = "coaps://192.0.2.8:5684";

    private StatusFile file;
    private long now = 7;

    @BeforeEach
    void open() {
        file = new StatusFile(home.resolve("agent.status"));
    }

    private void keep(State state, NamedServer management, long bytes) throws IOException {
        AgentStatus bare = AgentStatus.of(state, THEN, "as it is");
        file.keep(
                new AgentStatus(
                        bare.state(),
                        bare.since(),
                        bare.reason(),
                        bare.operator(),
                        bare.lastRefusal(),
                        bare.asksAgain(),
                        bare.change(),
                        bare.fallBack(),
                        bare.pcidExpires(),
                        bare.application(),
                        Optional.of(management),
                        bare.caseOpened(),
                        bare.bootCount(),
                        new Traffic(1, 10, 1, bytes, 1, bytes)),
                now);
    }

    private void keep(long bytes) throws IOException {
        keep(State.OPERATIONAL, new NamedServer(MANAGEMENT, true, Optional.empty()), bytes);
    }

    private long bytes() throws IOException {
        return file.read().traffic().bytesUp();
    }

    @Test
    void writesCountersAloneOnceInAWhile() throws Exception {
        keep(0);
        keep(100);
        assertThat(bytes()).as("the first ones").isEqualTo(100);

        now += StatusFile.COUNTERS_PAUSE.toNanos() - 1;
        keep(200);
        assertThat(bytes()).isEqualTo(100);

        now++;
        keep(300);
        assertThat(bytes()).isEqualTo(300);
        keep(400);
        assertThat(bytes()).isEqualTo(300);
    }

    @Test
    void writesWhateverElseIsNewAtOnce() throws Exception {
        keep(0);
        keep(100);

        keep(State.OPERATIONAL, new NamedServer(MANAGEMENT, true, Optional.of(THEN)), 200);
        assertThat(bytes()).isEqualTo(200);
        keep(State.OPERATIONAL, new NamedServer(MANAGEMENT, false, Optional.of(THEN)), 300);
        assertThat(bytes()).isEqualTo(300);
        keep(State.CHANGING, new NamedServer(MANAGEMENT, false, Optional.of(THEN)), 400);
        assertThat(bytes()).isEqualTo(400);
        keep(State.CHANGING, new NamedServer(MANAGEMENT, false, Optional.of(THEN)), 500);
        assertThat(bytes()).isEqualTo(400);
    }

    @Test
    void writesWhatADiskDidNotTakeWithTheNextExchange() throws Exception {
        Path inTheWay = Files.createDirectory(home.resolve("agent.status.new"));
        assertThatThrownBy(() -> keep(100)).isInstanceOf(IOException.class);
        Files.delete(inTheWay);

        keep(200);
        assertThat(bytes()).isEqualTo(200);
    }

    @Test
    void tellsTheBytesOfAnAgentAtWorkEveryFiveMinutes() throws Exception {
        agent.run(true);
        AtomicLong time = timePassesWhileItWaits();
        List<Long> told = new ArrayList<>();
        agent.telemetryCount = 21; // one each minute
        agent.waiting = pause -> {
            time.addAndGet(pause.toNanos());
            told.add(readBytes());
        };

        agent.run(false);

        assertThat(Duration.ofNanos(time.get())).isGreaterThanOrEqualTo(Duration.ofMinutes(20));
        assertThat(told.stream().distinct()).as("in 20 minutes").hasSizeBetween(4, 6);
        assertThat(agent.status().traffic().bytesUp()).as("when it stopped").isGreaterThan(told.get(told.size() - 1));
    }

    private long readBytes() {
        try {
            return agent.status().traffic().bytesUp();
        } catch (Exception unreadable) {
            throw new IllegalStateException(unreadable);
        }
    }
}
