// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.ro.dpf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.m2me.operators.World.OPERATOR;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.m2me.operators.Authorization;
import org.m2me.operators.Dpf;
import org.m2me.operators.Machine;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.envelope.McimEnvelope;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Step;

/** Which orders are taken, and which are not. */
final class OrderTest extends DpfFixture {
    @Test
    void takesAnOrderAgainAfterALostAnswerWithoutASecondEffect() throws Exception {
        Nonce nonce = nonce();
        Dpf.Order order = order(nonce, machine.ueid);
        dpf.authorize(order);
        mail(machine.ueid);
        report(machine.ueid, machine.report(nonce, ResultCode.OK));
        world.clock.advance(LIFETIME.plusSeconds(1));
        dpf.authorize(order);
        assertThat(mail(machine.ueid)).isEmpty();
        assertThat(world.codes(Step.AUTHORIZE_PROVISIONING)).containsExactly(ResultCode.OK);
    }

    @Test
    void refusesATokenThatServedForAnotherRegistrationOrDevice() throws Exception {
        Nonce nonce = nonce();
        Dpf.Order order = order(nonce, machine.ueid);
        dpf.authorize(order);
        Machine other = new Machine(world.random);
        refuses(new Dpf.Order(nonce(), machine.ueid, OPERATOR, order.token(), order.envelope()));
        refuses(new Dpf.Order(nonce, other.ueid, OPERATOR, order.token(), order.envelope()));
        assertThat(mail(other.ueid)).isEmpty();
    }

    @Test
    void refusesATokenWhoseIdServedBefore() throws Exception {
        Nonce id = nonce();
        dpf.authorize(order(authorization(id, nonce(), machine.ueid), operator, key));
        refuses(order(authorization(id, nonce(), machine.ueid), operator, key));
    }

    @Test
    void refusesASecondTokenForARegistration() throws Exception {
        Nonce nonce = nonce();
        dpf.authorize(order(nonce, machine.ueid));
        refuses(order(nonce, machine.ueid));
    }

    @Test
    void refusesATokenThatHasExpired() throws Exception {
        Dpf.Order order = order(nonce(), machine.ueid);
        world.clock.advance(LIFETIME);
        refuses(order);
        assertThat(mail(machine.ueid)).isEmpty();
    }

    @Test
    void refusesATokenThatTheOperatorDidNotSign() throws Exception {
        P256PrivateKey foreign = P256PrivateKey.generate(world.random);
        Authorization ours = authorization(nonce(), nonce(), machine.ueid);
        refuses(order(ours, world.certify("sho.262-02", foreign), foreign));
        refuses(order(ours, world.certify("dpf." + OPERATOR, foreign), foreign));
        refuses(order(ours, world.certify(world.newAuthority(), "sho." + OPERATOR, foreign), foreign));
        refuses(order(ours, operator, foreign));
        byte[] bent = ours.sign(operator, key).bytes();
        bent[bent.length / 4] ^= 1;
        refuses(new Dpf.Order(ours.registration(), machine.ueid, OPERATOR, Opaque.of(bent), Optional.of(ENVELOPE)));
        assertThat(mail(machine.ueid)).isEmpty();
    }

    @Test
    void refusesAnOrderInTheNameOfAnotherOperator() throws Exception {
        Dpf.Order order = order(nonce(), machine.ueid);
        refuses(new Dpf.Order(
                order.registration(), machine.ueid, Plmn.parse("262-02"), order.token(), order.envelope()));
    }

    @Test
    void refusesAnotherMcimThanTheOneAuthorised() throws Exception {
        Dpf.Order order = order(nonce(), machine.ueid);
        refuses(new Dpf.Order(
                order.registration(), machine.ueid, OPERATOR, order.token(), Optional.of(Opaque.hex("00"))));
        refuses(new Dpf.Order(order.registration(), machine.ueid, OPERATOR, order.token(), Optional.empty()));
        dpf.authorize(order);
    }

    @Test
    void refusesAMcimThatNoDeviceTakes() {
        Opaque large = Opaque.of(new byte[McimEnvelope.SIZE_MAX + 1]);
        Authorization authorization = new Authorization(
                nonce(),
                nonce(),
                machine.ueid,
                OPERATOR,
                world.clock.instant().plus(LIFETIME),
                Authorization.Sealed.of(large));
        Dpf.Order order = new Dpf.Order(
                authorization.registration(),
                machine.ueid,
                OPERATOR,
                authorization.sign(operator, key),
                Optional.of(large));
        assertThat(refusal(order)).isEqualTo(ResultCode.MCIM_TOO_LARGE);
    }

    private void refuses(Dpf.Order order) {
        assertThat(refusal(order)).isEqualTo(ResultCode.NOT_AUTHORIZED);
    }
}
