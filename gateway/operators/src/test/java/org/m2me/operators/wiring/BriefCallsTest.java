// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.m2me.operators.Unavailable;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;

/** What becomes of callers of a peer that answers, refuses, or hangs. */
@Timeout(60)
final class BriefCallsTest {
    private static final Duration LONG = Duration.ofMinutes(10);

    private final BriefCalls calls = new BriefCalls("peer");
    private final CountDownLatch over = new CountDownLatch(1);
    private final Semaphore waiting = new Semaphore(0);

    @AfterEach
    void stop() {
        over.countDown();
        calls.close();
    }

    private void refuse(ResultCode code) {
        assertThat(catchThrowableOfType(
                                Refused.class,
                                () -> calls.within(LONG, () -> {
                                    throw new Refused(code, "no");
                                }))
                        .code())
                .isEqualTo(code);
    }

    /** Somebody who waits until the test is over. */
    private CompletableFuture<Boolean> wait(Duration limit) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return calls.within(limit, () -> {
                    waiting.release();
                    try {
                        over.await();
                    } catch (InterruptedException late) {
                        throw new IllegalStateException(late);
                    }
                    return true;
                });
            } catch (Refused refused) {
                throw new IllegalStateException(refused);
            }
        });
    }

    @Test
    void holdsOneCallerAtATimeWhileThePeerIsSilent() throws Exception {
        assertThatThrownBy(() -> calls.within(LONG, () -> {
                    throw new Unavailable("down", new IOException("refused"));
                }))
                .isInstanceOf(Unavailable.class);
        CompletableFuture<Boolean> first = wait(LONG);
        waiting.acquire();
        assertThat(catchThrowableOfType(Refused.class, () -> calls.within(LONG, () -> true))
                        .code())
                .isEqualTo(ResultCode.UNAVAILABLE);
        over.countDown();
        assertThat(first.get(10, TimeUnit.SECONDS)).isTrue();
        assertThat(calls.<Boolean>within(LONG, () -> true)).isTrue();
    }

    @Test
    void takesAPeerThatIsBusyForSilent() throws Exception {
        refuse(ResultCode.BUSY);
        CompletableFuture<Boolean> first = wait(LONG);
        waiting.acquire();
        assertThat(catchThrowableOfType(Refused.class, () -> calls.within(LONG, () -> true))
                        .code())
                .isEqualTo(ResultCode.UNAVAILABLE);
        assertThat(first).isNotDone();
    }

    @Test
    void takesARefusalForGoodForAnAnswer() throws Exception {
        refuse(ResultCode.FORBIDDEN);
        CompletableFuture<Boolean> first = wait(LONG);
        waiting.acquire();
        assertThat(calls.<Boolean>within(LONG, () -> true)).isTrue();
        assertThat(first).isNotDone();
    }

    @Test
    void letsNobodyWaitLongerThanForAMoment() {
        assertThatThrownBy(() -> wait(Duration.ofMillis(50)).get(10, TimeUnit.SECONDS))
                .hasCauseInstanceOf(Unavailable.class);
    }
}
