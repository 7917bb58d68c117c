// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.m2me.operators.Supplier.PcidWay;
import org.m2me.protocol.envelope.Mcim;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Pcid;
import org.m2me.protocol.message.Mail;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.pki.Certificate;

/** What comes a second time, or too late, or by a clock that was set back, changes nothing that is right. */
final class RenewalAgainTest extends RenewalFixture {
    @BeforeEach
    void becomeDue() {
        world.clock.advance(UNTIL_DUE);
    }

    private Pcid offered() throws Exception {
        return offered(machine, mail(machine));
    }

    @Test
    void whatIsOnItsWayIsGivenThoughTheClockWasSetBack() throws Exception {
        ask(machine, registration, made.pcid());
        Pcid first = offered();
        awaitIdle();
        world.clock.advance(UNTIL_DUE.dividedBy(2).negated());
        Nonce again = Nonce.random(world.random);
        ask(machine, again, made.pcid());
        world.await(
                "the answer to the second",
                () -> Machine.mail(waiting(machine)).registration().equals(again));
        assertThat(offered()).isEqualTo(first);
    }

    @Test
    void anOldReportIsNoneOfTheNextRenewal() throws Exception {
        ask(machine, registration, made.pcid());
        Pcid second = offered();
        report(machine, registration);
        awaitIdle();
        assertThat(pcids()).containsExactly(second);

        world.clock.advance(UNTIL_DUE);
        ask(machine, Nonce.random(world.random), second);
        Mail.Credential next = (Mail.Credential) mail(machine);
        Opaque old = Opaque.of(machine.report(registration, ResultCode.OK));
        supplier.renewed(registration, machine.ueid, old);
        assertThat(code(() -> supplier.renewed(next.registration(), machine.ueid, old)))
                .isEqualTo(ResultCode.FORBIDDEN);
        assertThat(pcids()).containsExactly(second, offered(machine, next));
    }

    @ParameterizedTest
    @EnumSource(
            value = PcidWay.class,
            names = {"ISSUED_BY_CCIF", "SENT_TO_CCIF"})
    void aRevocationThatIsRepeatedLeavesThePcidToTheDeviceThatHasItByNow(PcidWay way) throws Exception {
        Machine revoked = new Machine(world.random);
        Pcid pcid = make(revoked, way).pcid();
        supplier.revoke(revoked.ueid);
        if (way == PcidWay.SENT_TO_CCIF) {
            make(new Machine(world.random), way); // the other one of the supplier's own
        }
        awaitIdle();
        world.clock.advance(QUARANTINE.plusDays(1));
        Machine next = new Machine(world.random);
        Supplier.Made again = make(next, way);
        assertThat(again.pcid()).isEqualTo(pcid);

        supplier.revoke(revoked.ueid);
        awaitIdle();
        try (Mcim opened = next.open(
                again.pcidEnvelope(),
                Certificate.parse(again.supplierCertificate().bytes()))) {
            assertThat(getsIn(pcid, opened.key())).isTrue();
        }
        assertThat(code(() -> make(new Machine(world.random), way))).isEqualTo(ResultCode.QUOTA);
    }
}
