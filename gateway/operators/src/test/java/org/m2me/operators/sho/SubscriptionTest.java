// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.sho;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.m2me.operators.World.OPERATOR;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.m2me.operators.AuthenticationCentre.VectorRequest;
import org.m2me.operators.Dpf;
import org.m2me.operators.Iccid;
import org.m2me.operators.ImsiRange;
import org.m2me.operators.Sho;
import org.m2me.operators.store.StorageFailed;
import org.m2me.protocol.aka.AkaAlgorithm;
import org.m2me.protocol.aka.AkaKey;
import org.m2me.protocol.aka.AuthenticationVector;
import org.m2me.protocol.aka.UsimAuthentication;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.envelope.Mcim;
import org.m2me.protocol.identity.Imsi;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.message.ProvisioningReport;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Step;

/** Step 14, and what a subscription is good for from its making to its end. */
final class SubscriptionTest extends ShoFixture {
    private static final Imsi SECOND = new Imsi("262010000000002");

    @Test
    void givesVectorsOnceTheMcimIsOnItsWayForTheDeviceMayLosePowerBeforeItReports() throws Exception {
        assertThat(refusal(() -> vectors(FIRST))).isEqualTo(ResultCode.PCID_UNKNOWN);
        Nonce nonce = register();
        validate(nonce);
        Opaque envelope = order(nonce).envelope().orElseThrow();
        try (Mcim mcim = machine.open(envelope, context.certificate());
                AuthenticationVector vector = vectors(mcim.imsi()).get(0)) {
            UsimAuthentication.Answer answer =
                    UsimAuthentication.answer(mcim.key().functions(), mcim.sqn(), vector.rand(), vector.autn());
            assertThat(answer).isInstanceOf(UsimAuthentication.Answer.Success.class);
            assertThat(vector.xres()
                            .sameAs(((UsimAuthentication.Answer.Success) answer)
                                    .secrets()
                                    .res()))
                    .isTrue();
        }
        assertThat(sho.subscription(FIRST, "vno").apns()).containsExactly(APN);
        report(nonce, ResultCode.OK);
        assertThat(world.taken()).containsExactly(Step.REGISTER_WITH_SHO, Step.REPORT_VALIDATION, Step.REPORT_STATUS);
    }

    @Test
    void takesTheOutcomeOnceHoweverOftenItComes() throws Exception {
        Nonce nonce = provision();
        report(nonce, ResultCode.OK);
        restart();
        report(nonce, ResultCode.OK);
        assertThat(world.codes(Step.REPORT_STATUS)).containsExactly(ResultCode.OK);
        assertThat(vectors(FIRST)).hasSize(1);
    }

    @Test
    void believesNoReportThatThePlatformKeyDidNotSign() throws Exception {
        Nonce nonce = register();
        validate(nonce);
        byte[] forged = new ProvisioningReport(nonce, ResultCode.OK, 7).sign(P256PrivateKey.generate(world.random));
        byte[] failed = machine.report(nonce, ResultCode.MCIM_DAMAGED);
        byte[] other = machine.report(nonce(), ResultCode.OK);
        byte[] bent = machine.report(nonce, ResultCode.OK);
        bent[bent.length - 1] ^= 1;
        for (byte[] report : List.of(forged, failed, other, bent, new byte[] {1})) {
            Sho.Outcome outcome = new Sho.Outcome(nonce, machine.ueid, ResultCode.OK, Opaque.of(report));
            assertThat(refusal(() -> sho.provisioned(outcome))).isEqualTo(ResultCode.FORBIDDEN);
        }
        assertThat(sho.registrations(machine.ueid).get(0).progress()).isEqualTo(Sho.Progress.AUTHORIZED);
    }

    @Test
    void givesNoVectorsForAMcimThatTheDeviceGaveUpByRegisteringAnew() throws Exception {
        validate(register());

        register();

        assertThat(refusal(() -> vectors(FIRST))).isEqualTo(ResultCode.PCID_NOT_ACTIVE);
    }

    @Test
    void usesAnImsiAgainWithAnotherKeyWhenTheDeviceCouldNotInstallIt() throws Exception {
        Nonce nonce = register();
        validate(nonce);
        Opaque first = order(nonce).envelope().orElseThrow();
        report(nonce, ResultCode.STORE_FAILED);
        assertThat(refusal(() -> vectors(FIRST))).isEqualTo(ResultCode.PCID_UNKNOWN);
        Nonce again = register();
        validate(again);
        Opaque second = order(again).envelope().orElseThrow();
        try (Mcim before = machine.open(first, context.certificate());
                Mcim after = machine.open(second, context.certificate())) {
            assertThat(after.imsi()).isEqualTo(before.imsi());
            assertThat(after.key().k().<Boolean>use(before.key().k()::sameAs)).isFalse();
            assertThat(after.serial()).isEqualTo(2);
        }
        assertThat(world.codes(Step.REPORT_STATUS)).containsExactly(ResultCode.STORE_FAILED);
    }

    @Test
    void keepsTheOldSubscriptionLiveUntilTheNewOneIsInstalled() throws Exception {
        provision();
        Nonce next = register();
        validate(next);
        order(next);
        assertThat(vectors(FIRST)).hasSize(1);
        report(next, ResultCode.OK);
        assertThat(refusal(() -> vectors(FIRST))).isEqualTo(ResultCode.PCID_UNKNOWN);
        assertThat(vectors(SECOND)).hasSize(1);
        assertThat(count("auc_subscription")).isEqualTo(1);
    }

    @Test
    void takesBackWhatWasNeverInstalledWhenTheDeviceRegistersAnew() throws Exception {
        Nonce old = register();
        validate(old);
        order(old);
        Nonce next = register();
        validate(next);
        order(next);
        report(old, ResultCode.OK);
        assertThat(count("auc_subscription")).isEqualTo(1);
        report(next, ResultCode.OK);
        assertThat(count("auc_subscription")).isEqualTo(1);
        assertThat(vectors(FIRST)).hasSize(1);
    }

    @Test
    void makesLiveWhatWasInstalledAfterTheDeviceRegisteredAnew() throws Exception {
        Nonce old = register();
        validate(old);
        order(old);
        register();
        report(old, ResultCode.OK);
        assertThat(vectors(FIRST)).hasSize(1);
    }

    @Test
    void refusesADeviceWhenThereAreNoSubscriptionsLeft() throws Exception {
        restart(settings(1, 0, true, Optional.empty()), () -> {});
        provision();
        Nonce next = register();
        validate(next);
        assertThat(awaitRefusal(next)).isEqualTo(ResultCode.QUOTA);
        assertThat(vectors(FIRST)).hasSize(1);
    }

    @Test
    void takesSubscriptionsFromThePoolThatItMadeInAdvance() throws Exception {
        restart(settings(5, 2, true, Optional.empty()), () -> {});
        assertThat(count("pool")).isEqualTo(2);
        Nonce nonce = register();
        validate(nonce);
        order(nonce);
        assertThat(count("pool")).isEqualTo(1);
        restart();
        assertThat(count("pool")).isEqualTo(2);
    }

    @Test
    void endsServiceWhenTheQuotaIsUsedUp() throws Exception {
        provision();
        sho.usage(FIRST, "session-1", 600);
        sho.usage(FIRST, "session-1", 600);
        assertThat(vectors(FIRST)).hasSize(1);
        assertThat(sho.subscription(FIRST, "vno").apns().get(0).quota()).isEqualTo(400);
        assertThat(refusal(() -> sho.usage(FIRST, "session-2", 400))).isEqualTo(ResultCode.QUOTA);
        assertThat(refusal(() -> vectors(FIRST))).isEqualTo(ResultCode.QUOTA);
        assertThat(refusal(() -> sho.subscription(FIRST, "vno"))).isEqualTo(ResultCode.QUOTA);
        assertThat(refusal(() -> sho.usage(SECOND, "session-3", 1))).isEqualTo(ResultCode.PCID_UNKNOWN);
    }

    @Test
    void keepsNothingThatTheDatabaseDoesNotKeepWhole() throws Exception {
        Nonce nonce = register();
        validate(nonce);
        order(nonce);
        awaitIdle();
        restart(settings, () -> world.fill("sho." + OPERATOR, "sho.db", "pool"));
        assertThatThrownBy(() -> report(nonce, ResultCode.STORE_FAILED)).isInstanceOf(StorageFailed.class);
        assertThat(count("auc_subscription")).isEqualTo(1);
        restart(settings, () -> world.free("sho." + OPERATOR, "sho.db"));
        report(nonce, ResultCode.STORE_FAILED);
        assertThat(count("auc_subscription")).isZero();
    }

    @Test
    void letsTheDpfMakeMcimsAndTakesThemBeforeTheDeviceHasThem() throws Exception {
        P256PrivateKey key = P256PrivateKey.generate(world.random);
        Imsi given = new Imsi("262010000000500");
        ShoSettings.Delegation delegation = new ShoSettings.Delegation(
                new ImsiRange(given, 10),
                SecretBytes.random(16, world.random),
                world.certify("sho." + OPERATOR, key),
                key);
        restart(settings(2, 0, true, Optional.of(delegation)), () -> {});
        world.await("the DPF has the rules", () -> dpf.ranges.contains(given.digits()));
        Nonce nonce = register();
        validate(nonce);
        Dpf.Order order = order(nonce);
        assertThat(order.envelope()).isEmpty();
        sho.generated(generated(nonce, given));
        sho.generated(generated(nonce, given));
        assertThat(refusal(() -> sho.generated(generated(nonce, new Imsi("262010000000501")))))
                .isEqualTo(ResultCode.NOT_AUTHORIZED);
        assertThat(refusal(() -> sho.generated(generated(nonce, FIRST)))).isEqualTo(ResultCode.FORBIDDEN);
        assertThat(refusal(() -> sho.generated(generated(nonce(), given)))).isEqualTo(ResultCode.NOT_FOUND);
        report(nonce, ResultCode.OK);
        assertThat(vectors(given)).hasSize(1);
        assertThat(count("auc_subscription")).isEqualTo(1);
    }

    @Test
    void takesNoGeneratedCredentialsWithoutHavingGivenRules() throws Exception {
        Nonce nonce = register();
        validate(nonce);
        assertThat(refusal(() -> sho.generated(generated(nonce, SECOND)))).isEqualTo(ResultCode.FORBIDDEN);
    }

    private Sho.Generated generated(Nonce registration, Imsi imsi) {
        AkaKey key = new AkaKey(
                AkaAlgorithm.MILENAGE, SecretBytes.random(16, world.random), SecretBytes.random(16, world.random));
        return new Sho.Generated(registration, machine.ueid, imsi, Iccid.of(imsi), key);
    }

    private List<AuthenticationVector> vectors(Imsi imsi) throws Refused {
        return sho.vectors(new VectorRequest(imsi, "vno", 1, Optional.empty(), false));
    }
}
