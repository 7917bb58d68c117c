// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.sho;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.m2me.operators.Neighbours;
import org.m2me.operators.Regulator;
import org.m2me.operators.Regulator.Ruling;
import org.m2me.operators.Regulator.Standing;
import org.m2me.operators.Unavailable;
import org.m2me.operators.regulator.Silent;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Procedure;

/** What an operator does with a regulator that is there, and with one that is not. */
@Timeout(60)
final class PermitsTest {
    private static final Ueid DEVICE = Ueid.hex("01" + "ab".repeat(16));

    private final Neighbours peers = new Neighbours();
    private final CountDownLatch over = new CountDownLatch(1);
    private final Semaphore hanging = new Semaphore(0);
    private Permits permits = permits(Duration.ofMillis(50));

    private Permits permits(Duration wait) {
        return new Permits(peers, Plmn.parse("262-01"), wait);
    }

    @AfterEach
    void stop() {
        over.countDown();
        permits.close();
    }

    private ResultCode ask() throws Refused {
        return permits.ask(Procedure.SWITCH, DEVICE);
    }

    private ResultCode refusal() {
        return catchThrowableOfType(Refused.class, this::ask).code();
    }

    private interface Answer {
        Object to(Object act) throws Exception;
    }

    private static Regulator regulator(Answer answer) {
        return (Regulator) Proxy.newProxyInstance(
                Regulator.class.getClassLoader(),
                new Class<?>[] {Regulator.class},
                (self, method, arguments) -> answer.to(arguments[0]));
    }

    private static Regulator saying(Standing standing) {
        return regulator(act -> new Ruling(standing, Optional.empty()));
    }

    private Regulator hanging() {
        return regulator(act -> {
            hanging.release();
            over.await();
            return new Ruling(Standing.PERMITTED, Optional.empty());
        });
    }

    @Test
    void permitsEverythingInANetworkWithoutARegulator() throws Exception {
        assertThat(ask()).isEqualTo(ResultCode.OK);
    }

    @Test
    void takesTheRegulatorsWord() throws Exception {
        peers.set(Regulator.class, saying(Standing.PERMITTED));
        assertThat(ask()).isEqualTo(ResultCode.OK);
        peers.set(Regulator.class, saying(Standing.FORBIDDEN));
        assertThat(ask()).isEqualTo(ResultCode.FORBIDDEN_BY_REGULATOR);
        peers.set(Regulator.class, saying(Standing.CONSENT_NEEDED));
        assertThat(ask()).isEqualTo(ResultCode.CONSENT_NEEDED);
    }

    @Test
    void permitsNothingWhileTheRegulatorDoesNotAnswer() throws Exception {
        peers.set(Regulator.class, Silent.regulator(new Unavailable("down", new IOException("refused"))));
        assertThat(refusal()).isEqualTo(ResultCode.UNAVAILABLE);
        peers.set(Regulator.class, Silent.regulator(new Refused(ResultCode.FORBIDDEN, "who are you?")));
        assertThat(refusal()).isEqualTo(ResultCode.UNAVAILABLE);
        peers.set(Regulator.class, hanging());
        assertThat(refusal()).isEqualTo(ResultCode.UNAVAILABLE);
        peers.set(Regulator.class, saying(Standing.PERMITTED));
        assertThat(ask()).isEqualTo(ResultCode.OK);
    }

    @Test
    void holdsOneCallerAtATimeWhileTheRegulatorIsSilent() throws Exception {
        permits = permits(Duration.ofMinutes(10)); // whoever waits for it now waits longer than this test
        peers.set(Regulator.class, Silent.regulator(new Unavailable("down", new IOException("refused"))));
        assertThat(refusal()).isEqualTo(ResultCode.UNAVAILABLE);
        peers.set(Regulator.class, hanging());
        CompletableFuture<ResultCode> first = CompletableFuture.supplyAsync(() -> {
            try {
                return ask();
            } catch (Refused refused) {
                return refused.code();
            }
        });
        hanging.acquire();
        assertThat(refusal()).isEqualTo(ResultCode.UNAVAILABLE);
        assertThat(refusal()).isEqualTo(ResultCode.UNAVAILABLE);
        assertThat(first).isNotDone();

        over.countDown();
        assertThat(first.get(10, TimeUnit.SECONDS)).isEqualTo(ResultCode.OK);
        assertThat(ask()).isEqualTo(ResultCode.OK);
    }
}
