// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.sho;

import static org.assertj.core.api.Assertions.assertThat;
import static org.m2me.operators.World.OPERATOR;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.m2me.operators.Regulator;
import org.m2me.operators.Regulator.Effect;
import org.m2me.operators.Regulator.Recorded;
import org.m2me.operators.Regulator.Rule;
import org.m2me.operators.Sho;
import org.m2me.operators.regulator.Chain;
import org.m2me.operators.regulator.RegulatorRole;
import org.m2me.operators.regulator.RegulatorSettings;
import org.m2me.operators.regulator.Silent;
import org.m2me.operators.wiring.RoleContext;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Procedure;
import org.m2me.protocol.step.Step;

/** What the regulator says after the PVA has validated. */
final class RulingTest extends ShoFixture {
    private RoleContext regulatorContext;
    private RegulatorRole regulator;

    @BeforeEach
    void regulate() {
        regulatorContext = world.context("regulator");
        regulator = new RegulatorRole(regulatorContext, new RegulatorSettings(List.of()));
        peers.set(Regulator.class, regulator);
    }

    @AfterEach
    void close() {
        regulator.close();
    }

    private List<ResultCode> recorded() {
        awaitIdle();
        return Chain.verified(regulator, regulatorContext).stream()
                .map(Recorded::entry)
                .filter(entry -> entry.what() == Regulator.What.AUTHORIZED)
                .map(Regulator.Entry::code)
                .toList();
    }

    @Test
    void letsThePvaComeAgainWhileTheRegulatorIsAway() throws Exception {
        peers.set(
                Regulator.class,
                Silent.regulator(new Refused(ResultCode.FORBIDDEN, "whatever a regulator says that does not answer")));
        Nonce nonce = register();
        assertThat(refusal(() -> validate(nonce))).isEqualTo(ResultCode.UNAVAILABLE);
        assertThat(sho.registrations(machine.ueid).get(0).progress()).isEqualTo(Sho.Progress.VALIDATING);
        assertThat(world.codes(Step.REPORT_VALIDATION)).isEmpty();
        assertThat(count("auc_subscription")).isZero();
        assertThat(count("audit_debt")).isZero();

        peers.set(Regulator.class, regulator);
        validate(nonce);
        order(nonce);
        assertThat(recorded()).containsExactly(ResultCode.OK);
    }

    @Test
    void endsARegistrationThatTheRegulatorForbidsAndHoldsNobody() throws Exception {
        regulator.rule(new Rule("not-01", Optional.of(OPERATOR), Optional.empty(), Effect.MAY_NOT_SERVE));
        Nonce nonce = register();
        validate(nonce);
        assertThat(awaitRefusal(nonce)).isEqualTo(ResultCode.FORBIDDEN_BY_REGULATOR);
        assertThat(recorded()).containsExactly(ResultCode.FORBIDDEN_BY_REGULATOR);
        assertThat(world.codes(Step.REPORT_VALIDATION)).containsExactly(ResultCode.FORBIDDEN_BY_REGULATOR);
        assertThat(sho.holds(Optional.empty())).isEmpty();
        assertThat(count("auc_subscription")).isZero();
        assertThat(dpf.orders).isEmpty();

        regulator.removeRule("not-01");
        Nonce again = register();
        validate(again);
        order(again);
    }

    @Test
    void asksForConsentToAChangeAndNotToInitialProvisioning() throws Exception {
        regulator.rule(new Rule("ask-first", Optional.of(OPERATOR), Optional.empty(), Effect.CHANGE_NEEDS_CONSENT));
        Nonce initial = register();
        validate(initial);
        order(initial);
        Nonce change = nonce();
        sho.register(
                new Sho.Registration(change, machine.ueid, Optional.empty(), Procedure.PRISTINE, Optional.empty()));
        world.await(
                "the PVA is asked",
                () -> pva.requests.stream()
                        .anyMatch(request -> request.registration().equals(change)));
        validate(change);
        assertThat(awaitRefusal(change)).isEqualTo(ResultCode.CONSENT_NEEDED);
    }

    @Test
    void asksBeforeADeviceSwitchesToASubscriptionThatItHas() throws Exception {
        provision();
        Nonce first = nonce();
        sho.mayServe(machine.ueid, "fleet", first);
        sho.mayServe(machine.ueid, "fleet", first); // its answer was lost
        assertThat(recorded()).containsExactly(ResultCode.OK, ResultCode.OK);

        regulator.rule(new Rule("not-01", Optional.of(OPERATOR), Optional.empty(), Effect.MAY_NOT_SERVE));
        Nonce second = nonce();
        assertThat(refusal(() -> sho.mayServe(machine.ueid, "fleet", second)))
                .isEqualTo(ResultCode.FORBIDDEN_BY_REGULATOR);
        assertThat(recorded()).containsExactly(ResultCode.OK, ResultCode.OK, ResultCode.FORBIDDEN_BY_REGULATOR);
        assertThat(refusal(() -> sho.mayServe(machine.ueid, "thief", first))).isEqualTo(ResultCode.NO_CONTRACT);
        assertThat(count("audit_debt")).isZero();
    }

    @Test
    void saysNothingToTheRegulatorOfADeviceThatThePvaRefuses() throws Exception {
        Nonce nonce = register();
        sho.validated(new Sho.Validation(nonce, machine.ueid, ResultCode.COMPONENT_MISMATCH, Optional.empty()));
        assertThat(awaitRefusal(nonce)).isEqualTo(ResultCode.COMPONENT_MISMATCH);
        assertThat(recorded()).isEmpty();
    }
}
