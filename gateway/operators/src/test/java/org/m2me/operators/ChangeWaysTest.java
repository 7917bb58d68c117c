// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.m2me.operators.sho.ShoRole;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.message.OwnerOrder;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.Register;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Procedure;
import org.m2me.protocol.step.Step;

/** The ways to another operator that are not over the old one's connectivity, whatever is cut. */
final class ChangeWaysTest extends ChangeFixture {
    /** Of the roles here; what PVA and VNO report is theirs. */
    private static final List<Step> PRISTINE = List.of(
            Step.HAND_OVER_PARAMETERS,
            Step.INSTRUCT,
            Step.REMOVE_MCIM,
            Step.DISCARD_OLD,
            Step.REPORT_DISCARD,
            Step.ACKNOWLEDGE_DISCARD,
            Step.CONTACT_RO,
            Step.DISCOVER_SHO,
            Step.REGISTER_WITH_SHO,
            Step.ANSWER_INQUIRY,
            Step.REPORT_VALIDATION,
            Step.AUTHORIZE_PROVISIONING,
            Step.DOWNLOAD_MCIM,
            Step.PROVISION_MCIM,
            Step.REPORT_STATUS,
            Step.REGISTER_SUBSCRIPTION);

    private static final List<Step> PRELOADED = List.of(
            Step.HAND_OVER_PARAMETERS,
            Step.INSTRUCT,
            Step.CONTACT_RO,
            Step.DISCOVER_SHO,
            Step.REGISTER_WITH_SHO,
            Step.ANSWER_INQUIRY,
            Step.REPORT_VALIDATION,
            Step.AUTHORIZE_PROVISIONING,
            Step.DOWNLOAD_MCIM,
            Step.PROVISION_MCIM,
            Step.REPORT_STATUS,
            Step.INSTRUCT,
            Step.PROVISION_MCIM,
            Step.REPORT_STATUS,
            Step.REGISTER_SUBSCRIPTION);

    /** Calls between roles when nothing disturbs. */
    private static final int CALLS_OF_PRISTINE = 11;

    private static final int CALLS_OF_PRELOADED = 13;

    /** Newer than what the device wrote when it got its second subscription. */
    private static final long SWITCHED = 9;

    @Test
    void takesTheStepsByWayOfThePristineState() throws Exception {
        pristine();
        assertThat(world.taken()).containsExactlyElementsOf(PRISTINE);
        assertThat(calls).hasValue(CALLS_OF_PRISTINE);
    }

    @Test
    void takesTheStepsToASecondSubscriptionAndOverToIt() throws Exception {
        preloaded();
        // The DRF may hear once or twice who is in use now, by the device's report and by its owner's word, and by
        // that before the report is taken.
        int certain = PRELOADED.size() - 2;
        assertThat(world.taken()).startsWith(PRELOADED.subList(0, certain).toArray(Step[]::new));
        assertThat(world.taken().subList(certain, world.taken().size()))
                .containsExactlyInAnyOrderElementsOf(PRELOADED.subList(certain, PRELOADED.size()));
        assertThat(calls.get()).isBetween(CALLS_OF_PRELOADED - 1, CALLS_OF_PRELOADED);
    }

    static Stream<Arguments> cutsOfPristine() {
        return cuts(CALLS_OF_PRISTINE);
    }

    static Stream<Arguments> cutsOfPreloaded() {
        return cuts(CALLS_OF_PRELOADED);
    }

    private static Stream<Arguments> cuts(int calls) {
        return IntStream.rangeClosed(1, calls)
                .boxed()
                .flatMap(call -> Stream.of(Arguments.of(call, false), Arguments.of(call, true)));
    }

    @ParameterizedTest(name = "call {0}, reply lost {1}")
    @MethodSource("cutsOfPristine")
    void comesByWayOfThePristineStateThoughACallIsLostAndEveryRoleIsStoppedThen(int call, boolean reply)
            throws Exception {
        cutAt = call;
        replyLost = reply;
        pristine();
        assertTaken(PRISTINE);
    }

    @ParameterizedTest(name = "call {0}, reply lost {1}")
    @MethodSource("cutsOfPreloaded")
    void addsAndSwitchesThoughACallIsLostAndEveryRoleIsStoppedThen(int call, boolean reply) throws Exception {
        cutAt = call;
        replyLost = reply;
        preloaded();
        assertTaken(PRELOADED);
    }

    /** A question to the IVF that was cut is not asked again: then the PVA validates. */
    private void assertTaken(List<Step> steps) {
        List<Step> wanted =
                steps.stream().filter(step -> step != Step.ANSWER_INQUIRY).toList();
        assertThat(world.taken().stream().filter(wanted::contains)).containsExactlyInAnyOrderElementsOf(wanted);
    }

    private void pristine() throws Exception {
        Nonce old = provision();
        OwnerOrder order = instruct(Procedure.PRISTINE);
        assertThat(release(old)).isEqualTo(release(old));
        Nonce nonce = obtain(new Register(
                Nonce.random(world.random), Optional.of(PCID), Procedure.PRISTINE, Optional.of(Machine.state())));
        end(nonce, order);
        assertOnlyTheNewOperatorServes();
    }

    private void preloaded() throws Exception {
        provision();
        OwnerOrder added = instruct(Procedure.ADD);
        Nonce nonce = obtain(new Register(
                Nonce.random(world.random), Optional.empty(), Procedure.ADD, Optional.of(Machine.state())));
        end(nonce, added);
        assertBothServe(OLD, NEW);
        OwnerOrder switched = instruct(Procedure.SWITCH);
        end(machine.report(nonce, ResultCode.OK, SWITCHED), switched);
        assertBothServe(NEW, OLD);
    }

    private void assertBothServe(Plmn used, Plmn besides) throws Refused {
        awaitIdle();
        for (ShoRole operator : List.of(oldSho, newSho)) {
            assertThat(operator.registrations(machine.ueid))
                    .extracting(Sho.Standing::progress)
                    .containsExactly(Sho.Progress.PROVISIONED);
        }
        for (Plmn operator : List.of(OLD, NEW)) {
            assertThat(count(operator, "contract")).isEqualTo(1);
            assertThat(count(operator, "auc_subscription")).isEqualTo(1);
        }
        assertThat(subscriber.subscriptions(machine.ueid))
                .isEqualTo(new Subscriber.Subscriptions(used, Optional.of(besides)));
    }
}
