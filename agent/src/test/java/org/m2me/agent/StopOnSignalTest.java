// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class StopOnSignalTest {
    @Test
    void waitsUntilTheAgentHasPutEverythingAway() throws Exception {
        CountDownLatch signalKnown = new CountDownLatch(1);
        AtomicBoolean putAway = new AtomicBoolean();
        StopOnSignal[] signal = new StopOnSignal[1];
        Thread agent = new Thread(() -> {
            try {
                signalKnown.await();
                new CountDownLatch(1).await(); // at work, until it is interrupted
            } catch (InterruptedException stop) {
                putAway.set(true);
                signal[0].ended();
            }
        });
        signal[0] = new StopOnSignal(agent);
        agent.start();
        signalKnown.countDown();

        signal[0].stop();

        assertThat(putAway).isTrue();
        agent.join();
    }

    @Test
    void doesNotWaitForAnAgentThatHasEndedByItself() {
        StopOnSignal signal = new StopOnSignal(Thread.currentThread());
        signal.ended();

        signal.stop(); // on the agent's own thread: waiting would take the whole limit, and interrupting would show

        assertThat(Thread.interrupted()).isFalse();
    }
}
