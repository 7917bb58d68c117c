// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.sho;

import static org.assertj.core.api.Assertions.assertThat;
import static org.m2me.operators.World.OPERATOR;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.m2me.operators.Count;
import org.m2me.operators.Counterparts.IvfSide;
import org.m2me.operators.Ivf;
import org.m2me.operators.Ivf.Standing;
import org.m2me.operators.Machine;
import org.m2me.operators.Pva;
import org.m2me.operators.Sho;
import org.m2me.operators.Unavailable;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.evidence.Authenticity;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Procedure;
import org.m2me.protocol.step.Step;

/** Many devices of a change are asked about together, and what is wrong with one of them is that one's own. */
final class InquiryRoundTest extends ShoFixture {
    private static final int DEVICES = 5;

    private final List<Machine> fleet = new ArrayList<>();
    private final Map<Ueid, Nonce> registrations = new HashMap<>();
    private IvfSide ivf;

    @BeforeEach
    void makeFleet() throws Exception {
        restart(settings(DEVICES, 0, true, Optional.empty()), () -> {});
        for (int i = 0; i < DEVICES; i++) {
            Machine one = new Machine(world.random);
            fleet.add(one);
            sho.contract(contract(one));
        }
        ivf = new IvfSide();
        ivf.answer(asked -> new Ivf.Answer(asked.device(), Standing.VALID, Optional.of(kept(asked.device()))));
        peers.set(Ivf.class, ivf);
        pva.vouch(asked -> word(asked, pvaKey));
        awaitIdle();
        world.steps.clear();
    }

    private Machine machineOf(Ueid device) {
        return fleet.stream().filter(one -> one.ueid.equals(device)).findFirst().orElseThrow();
    }

    private Opaque kept(Ueid device) {
        return Opaque.of(machineOf(device).result(world.clock.instant()).sign(pvaKey));
    }

    private Opaque word(List<Pva.Applicant> about, P256PrivateKey key) {
        return Opaque.of(new Authenticity(
                        about.stream()
                                .map(one -> machineOf(one.device()).vouched(one.registration()))
                                .toList(),
                        world.clock.instant())
                .sign(key));
    }

    /** All of them register while the PVA is away; then the role starts again, and the PVA is there. */
    private void changeTogether() {
        peers.set(Pva.class, null);
        for (Machine one : fleet) {
            Nonce nonce = nonce();
            registrations.put(one.ueid, nonce);
            register(one, nonce);
        }
        world.clock.advance(RoundTimes.PAUSE);
        restart(settings, () -> peers.set(Pva.class, pva));
    }

    private void register(Machine one, Nonce nonce) {
        try {
            sho.register(new Sho.Registration(
                    nonce, one.ueid, Optional.empty(), Procedure.CHANGE, Optional.of(Machine.state())));
        } catch (Refused refused) {
            throw new AssertionError(refused);
        }
    }

    private Nonce nonceOf(int device) {
        return Optional.ofNullable(registrations.get(fleet.get(device).ueid)).orElseThrow();
    }

    private void assertOnlyFallsBack(int device, String reason) throws Refused {
        assertOthersAreAuthorized(device);
        world.await("the PVA is asked to validate", () -> pva.requests.size() == 1);
        assertThat(pva.requests.get(0).registration()).isEqualTo(nonceOf(device));
        assertThat(sho.validationCounts().fallBacks()).containsExactly(new Count(reason, 1));
        Machine one = fleet.get(device);
        sho.validated(validation(nonceOf(device), one.result(world.clock.instant())));
        order(nonceOf(device));
    }

    private void assertOthersAreAuthorized(int but) {
        for (int i = 0; i < DEVICES; i++) {
            if (i != but) {
                order(nonceOf(i));
            }
        }
    }

    private void assertAllAreAuthorizedOnce() {
        assertOthersAreAuthorized(-1);
        awaitIdle();
        assertThat(dpf.orders).hasSize(DEVICES);
        assertThat(pva.requests).isEmpty();
        assertThat(world.codes(Step.ANSWER_INQUIRY)).hasSize(DEVICES).containsOnly(ResultCode.OK);
        assertThat(sho.validationCounts())
                .isEqualTo(new Sho.ValidationCounts(0, List.of(new Count("VALID", DEVICES)), List.of()));
    }

    @Test
    void asksThePvaAndTheIvfOnceForAllThatAreDue() {
        changeTogether();
        assertAllAreAuthorizedOnce();
        assertThat(pva.inquiries).hasSize(1);
        assertThat(ivf.inquiries).hasSize(1);
        assertThat(ivf.inquiries.get(0).operator()).isEqualTo(OPERATOR);
        assertThat(ivf.inquiries.get(0).devices()).hasSize(DEVICES);
    }

    @Test
    void aDeviceThatComesAloneIsAskedAboutAtOnceAndThoseAfterItTogether() {
        register(fleet.get(0), nonce());
        assertThat(due()).isLessThanOrEqualTo(world.clock.millis());
        world.clock.advance(Duration.ofMillis(200));
        for (Machine one : fleet.subList(1, DEVICES)) {
            register(one, nonce());
        }
        assertThat(due()).isEqualTo(world.clock.millis() + 800);
        world.await("two rounds", () -> pva.inquiries.size() == 2);
        assertThat(pva.inquiries).extracting(List::size).containsExactly(1, DEVICES - 1);
    }

    /** When the last inquiry is due. */
    private long due() {
        return world.number(
                "sho." + OPERATOR,
                "sho.db",
                "SELECT COALESCE(MAX(due), 0) FROM outbox WHERE kind = 'inquire' AND owner = 0");
    }

    @Test
    void holdsOnlyTheDeviceWhoseCredentialWasRevoked() throws Exception {
        pva.disowned.put(fleet.get(2).ueid, ResultCode.CREDENTIAL_REVOKED);
        changeTogether();
        assertThat(awaitRefusal(nonceOf(2))).isEqualTo(ResultCode.CREDENTIAL_REVOKED);
        assertOthersAreAuthorized(2);
        assertThat(sho.holds(Optional.empty())).extracting(Sho.Hold::device).containsExactly(fleet.get(2).ueid);
    }

    @Test
    void refusesOnlyTheDeviceThatThePvaDoesNotKnow() throws Exception {
        pva.disowned.put(fleet.get(0).ueid, ResultCode.UNKNOWN_DEVICE);
        changeTogether();
        assertThat(awaitRefusal(nonceOf(0))).isEqualTo(ResultCode.UNKNOWN_DEVICE);
        assertOthersAreAuthorized(0);
        assertThat(sho.holds(Optional.empty())).isEmpty();
    }

    @Test
    void asksAgainAboutTheOneWhoseSupplierDidNotTellAndNotAboutTheOthers() throws Exception {
        pva.disowned.put(fleet.get(3).ueid, ResultCode.UNAVAILABLE);
        changeTogether();
        assertOthersAreAuthorized(3);
        pva.disowned.clear();
        assertAllAreAuthorizedOnce();
        assertThat(pva.inquiries.get(0)).hasSize(DEVICES);
        assertThat(pva.inquiries.subList(1, pva.inquiries.size())).allMatch(round -> round.size() == 1);
    }

    @Test
    void fallsBackForTheOneThatTheIvfLiesAbout() throws Exception {
        ivf.answer(asked -> new Ivf.Answer(
                asked.device(),
                Standing.VALID,
                Optional.of(
                        asked.device().equals(fleet.get(1).ueid) ? kept(fleet.get(0).ueid) : kept(asked.device()))));
        changeTogether();
        assertOnlyFallsBack(1, "FORGED");
    }

    @Test
    void fallsBackForTheOneInWhosePlaceTheIvfAnswersAboutAnother() throws Exception {
        Ueid other = fleet.get(0).ueid;
        ivf.answer(asked -> asked.device().equals(fleet.get(4).ueid)
                ? new Ivf.Answer(other, Standing.VALID, Optional.of(kept(other)))
                : new Ivf.Answer(asked.device(), Standing.VALID, Optional.of(kept(asked.device()))));
        changeTogether();
        assertOnlyFallsBack(4, "FORGED");
    }

    @Test
    void fallsBackForTheOneThatTheWordLeavesOut() throws Exception {
        Ueid leftOut = fleet.get(2).ueid;
        pva.vouch(asked ->
                word(asked.stream().filter(one -> !one.device().equals(leftOut)).toList(), pvaKey));
        changeTogether();
        assertOnlyFallsBack(2, "AUTHENTICITY");
        assertThat(ivf.inquiries).allMatch(one -> one.devices().size() == DEVICES - 1);
    }

    @Test
    void fallsBackForAllWhenTheWordIsForged() throws Exception {
        pva.vouch(asked -> word(asked, P256PrivateKey.generate(world.random)));
        changeTogether();
        world.await("the PVA is asked to validate all", () -> pva.requests.size() == DEVICES);
        assertThat(sho.validationCounts().fallBacks()).containsExactly(new Count("AUTHENTICITY", DEVICES));
        assertThat(ivf.inquiries).isEmpty();
        assertThat(dpf.orders).isEmpty();
    }

    @Test
    void asksAgainAboutAllWhenTheAnswerOfThePvaIsLost() {
        losing(1);
        changeTogether();
        assertAllAreAuthorizedOnce();
        assertThat(pva.inquiries.size()).isGreaterThanOrEqualTo(2);
    }

    @Test
    void aDeviceThatRegisteredAnewMeanwhileIsAuthorisedForItsNewRegistrationOnly() throws Exception {
        CountDownLatch late = changeTogetherWhileThePvaThinks();
        Nonce before = nonceOf(0);
        Nonce again = nonce();
        register(fleet.get(0), again);
        late.countDown();

        assertOthersAreAuthorized(0);
        order(again);
        awaitIdle();
        assertThat(find(before)).isEmpty();
        assertThat(dpf.orders).hasSize(DEVICES);
    }

    /** Until it has been asked. @return its answer comes when this is counted down */
    private CountDownLatch changeTogetherWhileThePvaThinks() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch late = new CountDownLatch(1);
        pva.vouch(about -> {
            asked.countDown();
            awaitLatch(late);
            return word(about, pvaKey);
        });
        changeTogether();
        asked.await();
        return late;
    }

    private static void awaitLatch(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void authorisesEachOnceThoughItWasRestartedInTheMiddleOfARound() throws Exception {
        CountDownLatch never = changeTogetherWhileThePvaThinks();
        assertThat(never.getCount()).isEqualTo(1);

        restart(settings, () -> pva.vouch(about -> word(about, pvaKey)));

        assertAllAreAuthorizedOnce();
        assertThat(count("auc_subscription")).isEqualTo(DEVICES);
    }

    /** So many answers of the PVA get lost: it has done what it was asked. */
    private void losing(int answers) {
        List<Integer> lost = new ArrayList<>();
        pva.vouch(asked -> {
            if (lost.size() < answers) {
                lost.add(asked.size());
                throw new Unavailable("reply lost", new IOException("cut"));
            }
            return word(asked, pvaKey);
        });
    }
}
