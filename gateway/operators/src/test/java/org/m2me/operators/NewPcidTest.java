// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.m2me.operators.AuthenticationCentre.VectorRequest;
import org.m2me.operators.Supplier.PcidWay;
import org.m2me.protocol.aka.AkaKey;
import org.m2me.protocol.aka.SqnArray;
import org.m2me.protocol.aka.SqnParameters;
import org.m2me.protocol.aka.UsimAuthentication;
import org.m2me.protocol.envelope.Mcim;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Pcid;
import org.m2me.protocol.message.DeviceResource;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.Register;
import org.m2me.protocol.message.ResultCode;

/** A device that falls back to its new PCID is served with it where it was with the old one, and nobody orders anything. */
final class NewPcidTest extends RenewalFixture {
    /** Of the calls of a renewal those up to the one that brings the new PCID to the device. */
    private static final int CALLS_BEFORE_DELIVERY = 5;

    private static final Duration WINDOW = Duration.ofDays(400);

    /** A device at work, whose subscriber activated its PCID once for a long time. */
    @BeforeEach
    void work() throws Exception {
        icf.activate(made.pcid(), World.START, World.START.plus(WINDOW));
        calls.set(0);
    }

    private void askWhenItIsTime() throws Exception {
        Instant due = World.START.plus(UNTIL_DUE);
        if (world.clock.instant().isBefore(due)) {
            world.clock.advance(UNTIL_DUE);
        }
        ask(machine, registration, made.pcid());
    }

    /** As soon as the device can have it installed: the old one is gone from it then. */
    private Mcim installed() throws Exception {
        askWhenItIsTime();
        return open(machine, mail(machine));
    }

    /** What a network of which the device asks for access hears of the ICF. */
    private ResultCode served(Pcid pcid, AkaKey key) {
        try {
            var vector = icf.vectors(new VectorRequest(pcid.imsi(), "vno.262-42", 1, Optional.empty(), false))
                    .get(0);
            boolean works = UsimAuthentication.answer(
                            key.functions(), SqnArray.fresh(SqnParameters.DEFAULT), vector.rand(), vector.autn())
                    instanceof UsimAuthentication.Answer.Success;
            return works ? ResultCode.OK : ResultCode.AUTHENTICATION_FAILED;
        } catch (Refused refused) {
            return refused.code();
        }
    }

    private ResultCode served(Mcim renewed) {
        return served(new Pcid(renewed.imsi()), renewed.key());
    }

    private Instant activeUntil(Pcid pcid) {
        return Instant.ofEpochMilli(
                world.number("icf.901-70", "icf.db", "SELECT active_until FROM pcid WHERE imsi = '" + pcid + "'"));
    }

    @ParameterizedTest
    @EnumSource
    void servesItFromTheMomentThatTheDeviceCanHaveItWithoutAnyNewOrder(PcidWay way) throws Exception {
        if (way != PcidWay.ISSUED_BY_CCIF) {
            machine = new Machine(world.random);
            made = make(machine, way);
            work();
        }
        try (Mcim renewed = installed()) {
            assertThat(served(renewed)).isEqualTo(ResultCode.OK); // fell back before its report
            report(machine, registration);
            awaitIdle();
            assertThat(served(renewed)).isEqualTo(ResultCode.OK);
            assertThat(served(made.pcid(), renewed.key())).isEqualTo(ResultCode.PCID_NOT_ACTIVE);
            assertThat(activeUntil(new Pcid(renewed.imsi()))).isEqualTo(World.START.plus(WINDOW));
            restart();
            assertThat(served(renewed)).isEqualTo(ResultCode.OK);
        }
    }

    @Test
    void letsTheDeviceRegisterWithIt() throws Exception {
        try (Mcim renewed = installed()) {
            Register again = Register.initial(Nonce.random(world.random), Optional.of(new Pcid(renewed.imsi())));
            ResultCode code = ResultCode.OK;
            try {
                Optional<byte[]> unused = drf.answer(machine.ueid, DeviceResource.REGISTER, again.encode());
            } catch (Refused refused) {
                code = refused.code();
            }
            assertThat(code).isEqualTo(ResultCode.NO_OPERATOR); // it came as far as that: no operator is waiting here
        }
    }

    static Stream<Arguments> losses() {
        return IntStream.rangeClosed(1, CALLS_BEFORE_DELIVERY)
                .boxed()
                .flatMap(call -> Stream.of(Arguments.of(call, false), Arguments.of(call, true)));
    }

    @ParameterizedTest
    @MethodSource("losses")
    void servesItWhicheverCallWasLostBefore(int call, boolean afterItTookEffect) throws Exception {
        replyLost = afterItTookEffect;
        cutAt = call;
        try (Mcim renewed = installed()) {
            assertThat(served(renewed)).isEqualTo(ResultCode.OK);
        }
    }

    @ParameterizedTest
    @MethodSource("losses")
    void servesItWhenEveryRoleStopsAfterALostCall(int call, boolean afterItTookEffect) throws Exception {
        replyLost = afterItTookEffect;
        cutAt = call;
        askWhenItIsTime();
        world.await("the cut", () -> calls.get() >= call);
        restart();
        try (Mcim renewed = installed()) {
            assertThat(served(renewed)).isEqualTo(ResultCode.OK);
        }
    }

    @Test
    void servesNobodyWhomTheOldOneWouldNotHaveServed() throws Exception {
        icf.activate(made.pcid(), World.START, World.START.plusSeconds(60));
        try (Mcim renewed = installed()) {
            assertThat(served(renewed)).isEqualTo(ResultCode.PCID_NOT_ACTIVE);
        }
    }

    @Test
    void servesItOnThoughTheLifetimeOfTheOldOneIsOver() throws Exception {
        world.clock.advance(LIFETIME.plusDays(1));
        try (Mcim renewed = installed()) {
            assertThat(served(made.pcid(), renewed.key())).isEqualTo(ResultCode.PCID_NOT_ACTIVE);
            assertThat(served(renewed)).isEqualTo(ResultCode.OK);
        }
    }

    @Test
    void hasTheWindowThatTheOldOneIsGivenWhileItIsOnItsWayAndItsOwnAfterThat() throws Exception {
        try (Mcim renewed = installed()) {
            Pcid now = new Pcid(renewed.imsi());
            Instant later = World.START.plus(WINDOW).plusSeconds(60);
            icf.activate(made.pcid(), World.START, later);
            assertThat(activeUntil(now)).isEqualTo(later);
            report(machine, registration);
            awaitIdle();
            icf.activate(now, World.START, later.plusSeconds(60));
            assertThat(activeUntil(now)).isEqualTo(later.plusSeconds(60));
            assertThat(activeUntil(made.pcid())).isEqualTo(later);
        }
    }

    @Test
    void hasNothingToDoWithTheNextDeviceThatGetsTheOldOne() throws Exception {
        try (Mcim renewed = installed()) {
            report(machine, registration);
            awaitIdle();
            Pcid now = new Pcid(renewed.imsi());
            Instant until = activeUntil(now);
            world.clock.advance(QUARANTINE.plusDays(1));
            Supplier.Made next = make(new Machine(world.random), PcidWay.ISSUED_BY_CCIF);
            assertThat(next.pcid()).isEqualTo(made.pcid());
            assertThat(activeUntil(next.pcid())).isEqualTo(Instant.EPOCH);
            icf.activate(next.pcid(), World.START, World.START.plusSeconds(1));
            assertThat(activeUntil(now)).isEqualTo(until);
        }
    }

    @Test
    void isNotActiveWhenBothWereTakenBackFromARevokedDevice() throws Exception {
        try (Mcim renewed = installed()) {
            supplier.revoke(machine.ueid);
            awaitIdle();
            assertThat(served(renewed)).isEqualTo(ResultCode.PCID_NOT_ACTIVE);
        }
    }
}
