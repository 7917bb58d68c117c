// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.m2me.operators.Regulator.Effect;
import org.m2me.operators.Regulator.Recorded;
import org.m2me.operators.Regulator.Rule;
import org.m2me.operators.Regulator.What;
import org.m2me.operators.regulator.Chain;
import org.m2me.operators.regulator.RegulatorRole;
import org.m2me.operators.regulator.RegulatorSettings;
import org.m2me.operators.wiring.RoleContext;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.message.DeviceResource;
import org.m2me.protocol.message.Mail;
import org.m2me.protocol.message.OrderAnswer;
import org.m2me.protocol.message.OwnerOrder;
import org.m2me.protocol.message.Register;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Procedure;

/** The change of operator in a network with a regulator: what it forbids does not come about, what is done is recorded. */
final class RegulatedChangeTest extends ChangeFixture {
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

    /** Who said what about which operator, in which procedure, and with which result. */
    private record Said(What what, String by, Plmn operator, Optional<Procedure> procedure, ResultCode code) {
        static Said of(Recorded recorded) {
            Regulator.Entry entry = recorded.entry();
            return new Said(
                    entry.what(), recorded.by(), entry.operator().orElseThrow(), entry.procedure(), entry.code());
        }
    }

    private static Said said(What what, String by, Plmn operator) {
        return new Said(what, by, operator, Optional.empty(), ResultCode.OK);
    }

    private static Said said(What what, String by, Plmn operator, Procedure procedure, ResultCode code) {
        return new Said(what, by, operator, Optional.of(procedure), code);
    }

    private static final Said ORDERED = said(What.ORDERED, "subscriber.fleet", NEW, Procedure.CHANGE, ResultCode.OK);

    private static final List<Said> INITIAL = List.of(
            said(What.AUTHORIZED, "sho." + OLD, OLD, Procedure.INITIAL, ResultCode.OK),
            said(What.DELIVERED, "dpf.901-70", OLD),
            said(What.REPORTED, "dpf.901-70", OLD));

    private static final List<Said> CHANGE = List.of(
            ORDERED,
            said(What.AUTHORIZED, "sho." + NEW, NEW, Procedure.CHANGE, ResultCode.OK),
            said(What.DELIVERED, "dpf.901-70", NEW),
            said(What.DISCARDED, "sho." + OLD, OLD),
            said(What.REPORTED, "dpf.901-70", NEW));

    /** The record is whole. @return its entries about devices after those of initial provisioning */
    private List<Recorded> sinceInitial() {
        awaitIdle();
        List<Recorded> all = Chain.verified(regulator, regulatorContext).stream()
                .filter(recorded -> !recorded.by().equals("regulator"))
                .toList();
        assertThat(all.subList(0, INITIAL.size())).extracting(Said::of).containsExactlyInAnyOrderElementsOf(INITIAL);
        return all.subList(INITIAL.size(), all.size());
    }

    @Test
    void leavesARecordOfWhoOrderedAuthorisedDeliveredDiscardedAndReported() throws Exception {
        Nonce old = change();
        List<Recorded> recorded = sinceInitial();
        assertThat(recorded).extracting(Said::of).containsExactlyInAnyOrderElementsOf(CHANGE);
        assertThat(recorded).allSatisfy(one -> assertThat(one.entry().device()).contains(machine.ueid));
        Nonce nonce = newSho.registrations(machine.ueid).get(0).registration();
        assertThat(recorded)
                .filteredOn(one -> one.entry().operator().equals(Optional.of(NEW))
                        && one.entry().what() != What.ORDERED)
                .allSatisfy(one -> assertThat(one.entry().registration()).contains(nonce));
        assertThat(recorded)
                .filteredOn(one -> one.entry().what() == What.DISCARDED)
                .allSatisfy(one -> assertThat(one.entry().registration()).contains(old));
    }

    @Test
    void leavesTheSameRecordThoughTheRegulatorsAnswersAreLost() throws Exception {
        Nonce old = provision();
        OwnerOrder order = instruct(Procedure.CHANGE);
        Set<String> lost = ConcurrentHashMap.newKeySet();
        peers.set(Regulator.class, losingTheFirstAnswers(lost));
        change(old, order, register());
        assertThat(sinceInitial()).extracting(Said::of).containsExactlyInAnyOrderElementsOf(CHANGE);
        assertThat(lost).containsExactlyInAnyOrder("permits", "sho." + OLD, "sho." + NEW, "dpf.901-70");
    }

    /** Once to each role that tells it something, and once when it is asked. */
    private Regulator losingTheFirstAnswers(Set<String> lost) {
        return (Regulator) Proxy.newProxyInstance(
                Regulator.class.getClassLoader(), new Class<?>[] {Regulator.class}, (self, method, arguments) -> {
                    String what = arguments[0] instanceof Regulator.Acts acts ? acts.by() : method.getName();
                    try {
                        Object answer = method.invoke(regulator, arguments);
                        if (lost.add(what)) {
                            throw new Unavailable(what + ": reply lost", new IOException("cut"));
                        }
                        return answer;
                    } catch (InvocationTargetException thrown) {
                        throw Objects.requireNonNull(thrown.getCause());
                    }
                });
    }

    @Test
    void leavesTheDeviceWithTheOldOperatorWhereTheNewOneIsForbidden() throws Exception {
        regulator.rule(new Rule("not-02", Optional.of(NEW), Optional.empty(), Effect.MAY_NOT_SERVE));
        provision();
        OwnerOrder order = instruct(Procedure.CHANGE);
        assertThat(refused(register())).isEqualTo(ResultCode.FORBIDDEN_BY_REGULATOR);
        giveUp(order, ResultCode.FORBIDDEN_BY_REGULATOR);

        assertThat(oldSho.registrations(machine.ueid))
                .extracting(Sho.Standing::progress)
                .containsExactly(Sho.Progress.PROVISIONED);
        assertThat(count(OLD, "auc_subscription")).isEqualTo(1);
        assertThat(count(NEW, "auc_subscription")).isZero();
        assertThat(newSho.holds(Optional.empty())).isEmpty();
        assertThat(dpf.answer(machine.ueid, DeviceResource.MAIL, new byte[0])).isEmpty();
        assertThat(sinceInitial())
                .extracting(Said::of)
                .containsExactlyInAnyOrder(
                        ORDERED,
                        said(What.AUTHORIZED, "sho." + NEW, NEW, Procedure.CHANGE, ResultCode.FORBIDDEN_BY_REGULATOR));
    }

    @Test
    void changesAtTheNextOrderAfterTheConsentThatWasNeeded() throws Exception {
        regulator.rule(new Rule("ask-first", Optional.of(NEW), Optional.empty(), Effect.CHANGE_NEEDS_CONSENT));
        Nonce old = provision();
        OwnerOrder order = instruct(Procedure.CHANGE);
        assertThat(refused(register())).isEqualTo(ResultCode.CONSENT_NEEDED);
        giveUp(order, ResultCode.CONSENT_NEEDED);
        assertThat(count(NEW, "auc_subscription")).isZero();

        regulator.consent(NEW, List.of(machine.ueid));
        change(old, instruct(Procedure.CHANGE), register());
        assertThat(sinceInitial())
                .extracting(recorded -> recorded.entry().code())
                .containsOnlyOnce(ResultCode.CONSENT_NEEDED);
        assertThat(pva.requests).hasSize(1); // in initial provisioning
    }

    @Test
    void authorisesNothingWhileTheRegulatorIsAwayAndGoesOnWhenItIsBack() throws Exception {
        Nonce old = provision();
        OwnerOrder order = instruct(Procedure.CHANGE);
        AtomicInteger asked = new AtomicInteger();
        peers.set(Regulator.class, away(asked));
        Register register = register();
        answer(DeviceResource.REGISTER, register.encode());
        world.await("the regulator is asked again and again", () -> asked.get() > 2);

        assertThat(newSho.registrations(machine.ueid))
                .extracting(Sho.Standing::progress)
                .containsExactly(Sho.Progress.VALIDATING);
        assertThat(count(NEW, "auc_subscription")).isZero();
        assertThat(pva.requests).hasSize(1); // in initial provisioning: it would not help to ask the PVA instead
        assertThat(dpf.answer(machine.ueid, DeviceResource.MAIL, new byte[0])).isEmpty();

        peers.set(Regulator.class, regulator);
        change(old, order, register);
        assertThat(sinceInitial()).extracting(Said::of).containsExactlyInAnyOrderElementsOf(CHANGE);
        assertThat(newSho.validationCounts().fallBacks()).isEmpty();
    }

    private static Regulator away(AtomicInteger asked) {
        return (Regulator) Proxy.newProxyInstance(
                Regulator.class.getClassLoader(), new Class<?>[] {Regulator.class}, (self, method, arguments) -> {
                    if (method.getName().equals("permits")) {
                        asked.incrementAndGet();
                    }
                    throw new Unavailable("regulator is down", new IOException("connection refused"));
                });
    }

    /** A device registers, and finds in its mailbox why it may not. */
    private ResultCode refused(Register register) throws Exception {
        answer(DeviceResource.REGISTER, register.encode());
        awaitIdle();
        Mail mail = Machine.mail(drf.answer(machine.ueid, DeviceResource.MAIL, new byte[0]));
        assertThat(mail).isInstanceOf(Mail.Refusal.class);
        assertThat(((Mail.Refusal) mail).registration()).isEqualTo(register.registration());
        return ((Mail.Refusal) mail).code();
    }

    private void giveUp(OwnerOrder order, ResultCode code) {
        answer(DeviceResource.ORDER, new OrderAnswer(order.id(), code, true).encode());
        awaitIdle();
        assertThat(subscriber.orders(machine.ueid).get(0).progress()).isEqualTo(Subscriber.Progress.FAILED);
    }
}
