// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.ro.dpf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.m2me.operators.World.OPERATOR;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.m2me.operators.Machine;
import org.m2me.operators.Sho;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.message.DeviceResource;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.Relay;
import org.m2me.protocol.message.ReleaseAcknowledgement;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.pki.Certificate;
import org.m2me.protocol.step.Step;

/** Step 11 of a change, and reports that come after the first. */
final class RelayTest extends DpfFixture {
    private static final Duration TEN_YEARS = Duration.ofDays(3650);

    private P256PrivateKey freshKey() {
        return P256PrivateKey.generate(world.random);
    }

    private Opaque acknowledgement(Machine of) {
        P256PrivateKey oldKey = freshKey();
        Certificate old = world.certify("sho.262-03", oldKey);
        return new ReleaseAcknowledgement(of.ueid).sign(old, oldKey);
    }

    private ResultCode relayRefusal(Nonce registration, Opaque acknowledgement) {
        return catchThrowableOfType(Refused.class, () -> relay(registration, acknowledgement))
                .code();
    }

    private void relay(Nonce registration, Opaque acknowledgement) throws Refused {
        assertThat(dpf.answer(machine.ueid, DeviceResource.RELAY, new Relay(registration, acknowledgement).encode()))
                .isPresent();
    }

    private Nonce fetched() throws Refused {
        Nonce nonce = nonce();
        dpf.authorize(order(nonce, machine.ueid));
        assertThat(mail(machine.ueid)).isPresent();
        return nonce;
    }

    @Test
    void tellsTheNewOperatorOnceThatTheOldOneHasAcknowledged() throws Exception {
        Nonce nonce = fetched();
        peers.set(OPERATOR, null);
        relay(nonce, acknowledgement(machine));
        relay(nonce, acknowledgement(machine));
        restart();
        peers.set(OPERATOR, sho);
        relay(nonce, acknowledgement(machine));
        world.await("the operator is told", () -> !sho.left.isEmpty());
        world.awaitIdle("dpf", "dpf.db");
        assertThat(sho.left).containsExactly(nonce);
        assertThat(world.codes(Step.RELAY_ACKNOWLEDGEMENT)).containsExactly(ResultCode.OK);
    }

    @Test
    void relaysNothingThatNoOperatorSignedForThisDevice() throws Exception {
        Nonce nonce = fetched();
        assertThat(relayRefusal(nonce, acknowledgement(new Machine(world.random))))
                .isEqualTo(ResultCode.FORBIDDEN);
        P256PrivateKey key = freshKey();
        Opaque byNoOperator = new ReleaseAcknowledgement(machine.ueid).sign(world.certify("pva", key), key);
        assertThat(relayRefusal(nonce, byNoOperator)).isEqualTo(ResultCode.FORBIDDEN);
        Opaque foreign = new ReleaseAcknowledgement(machine.ueid)
                .sign(world.certify(world.newAuthority(), "sho.262-03", key), key);
        assertThat(relayRefusal(nonce, foreign)).isEqualTo(ResultCode.FORBIDDEN);
        assertThat(relayRefusal(nonce(), acknowledgement(machine))).isEqualTo(ResultCode.NOT_FOUND);
        Refused malformed = catchThrowableOfType(
                Refused.class, () -> dpf.answer(machine.ueid, DeviceResource.RELAY, new byte[] {1}));
        assertThat(malformed.code()).isEqualTo(ResultCode.MALFORMED);
        assertThat(sho.left).isEmpty();
    }

    @Test
    void hasTheDeviceComeAgainWhileItsOwnClockIsSlow() throws Exception {
        Nonce nonce = fetched();
        Opaque acknowledged = acknowledgement(machine);
        world.clock.advance(TEN_YEARS.negated());
        assertThat(relayRefusal(nonce, acknowledged)).isEqualTo(ResultCode.UNAVAILABLE);
        assertThat(sho.left).isEmpty();
        world.clock.advance(TEN_YEARS);
        relay(nonce, acknowledged);
        world.await("the operator is told", () -> !sho.left.isEmpty());
    }

    @Test
    void passesANewerReportOnAfterOneThatAllIsWell() throws Exception {
        Nonce nonce = fetched();
        byte[] first = report(machine.ueid, machine.report(nonce, ResultCode.OK, 7));
        assertThat(report(machine.ueid, machine.report(nonce, ResultCode.OK, 7)))
                .isEqualTo(first);
        assertThat(report(machine.ueid, machine.report(nonce, ResultCode.OK, 6)))
                .isEqualTo(first);
        world.await("the operator is told", () -> sho.outcomes.size() == 1);
        report(machine.ueid, machine.report(nonce, ResultCode.OK, 9));
        world.await("the operator is told", () -> sho.outcomes.size() == 2);
        restart();
        report(machine.ueid, machine.report(nonce, ResultCode.AUTHENTICATION_FAILED, 11));
        report(machine.ueid, machine.report(nonce, ResultCode.AUTHENTICATION_FAILED, 11));
        report(machine.ueid, machine.report(nonce, ResultCode.OK, 12));
        world.await("the operator is told", () -> sho.outcomes.size() == 3);
        world.awaitIdle("dpf", "dpf.db");
        assertThat(sho.outcomes)
                .extracting(Sho.Outcome::code)
                .isEqualTo(List.of(ResultCode.OK, ResultCode.OK, ResultCode.AUTHENTICATION_FAILED));
    }
}
