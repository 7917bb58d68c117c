// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.pva;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.m2me.operators.pva.PvaWorld.GOOD;
import static org.m2me.operators.pva.PvaWorld.OPERATOR;
import static org.m2me.operators.pva.PvaWorld.component;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.m2me.operators.Ivf;
import org.m2me.operators.Ivf.Standing;
import org.m2me.operators.Pva;
import org.m2me.operators.Pva.KnownBad;
import org.m2me.operators.pva.PvaWorld.TestDevice;
import org.m2me.protocol.evidence.Authenticity;
import org.m2me.protocol.evidence.MeasuredComponent;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.message.DeviceState;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Step;
import org.m2me.protocol.step.StepEvent;

/** What the PVA tells an IVF that is there: results, and that they are void, before anybody asks again. */
class IvfDebtTest {
    @TempDir
    Path directory;

    private PvaWorld world;

    @BeforeEach
    void start() throws Exception {
        world = new PvaWorld(directory);
        world.supplier.release(PvaWorld.MODEL, GOOD);
    }

    @AfterEach
    void stop() {
        world.close();
    }

    @Test
    void issuesEachResultWithWhatWasMeasured() throws Exception {
        TestDevice device = validated();

        Ivf.Answer answer = ask(device, GOOD);

        assertThat(answer.standing()).isEqualTo(Standing.VALID);
        assertThat(answer.result()).isEqualTo(world.told().result());
        assertThat(ask(device, List.of(GOOD.get(0))).standing()).isEqualTo(Standing.NEWER_STATE);
    }

    @Test
    void aFailedValidationVoidsTheResultBeforeTheDeviceIsAnswered() throws Exception {
        TestDevice device = validated();

        assertThat(world.validate(device, List.of(GOOD.get(0), component("agent", 99), GOOD.get(2))))
                .isEqualTo(ResultCode.COMPONENT_MISMATCH);

        assertThat(ask(device, GOOD).standing()).isEqualTo(Standing.REVOKED);
    }

    @Test
    void aLaterValidationMakesADeviceValidAgain() throws Exception {
        TestDevice device = validated();
        world.validate(device, GOOD.subList(0, 2));
        world.clock.advance(Duration.ofSeconds(1));
        world.validate(device, GOOD);

        awaitStanding(device, Standing.VALID);
    }

    @Test
    void aCredentialThatIsFoundRevokedVoidsItsResultsBeforeTheOperatorIsAnswered() throws Exception {
        TestDevice device = validated();
        world.pvaSilent = true;
        world.supplier.revoke(device.ueid);
        assertThat(ask(device, GOOD).standing()).isEqualTo(Standing.VALID); // nobody has looked yet

        assertRefused(ResultCode.CREDENTIAL_REVOKED, () -> world.authenticate(world.request(device)));

        assertThat(ask(device, GOOD).standing()).isEqualTo(Standing.REVOKED);
    }

    @Test
    void aSupplierThatRevokesADeviceVoidsItsResultsThoughNobodyLooks() throws Exception {
        TestDevice device = validated();
        TestDevice other = validated();
        world.supplier.revoke(device.ueid);
        awaitStanding(device, Standing.REVOKED);
        assertThat(ask(other, GOOD).standing()).isEqualTo(Standing.VALID);
        assertRefused(ResultCode.FORBIDDEN, () -> world.pva.revoked("rival", other.ueid));
        assertThat(ask(other, GOOD).standing()).isEqualTo(Standing.VALID);
    }

    @Test
    void aSupplierOwesARevocationUntilThePvaIsBack() throws Exception {
        TestDevice device = validated();
        world.pvaSilent = true;
        world.supplier.revoke(device.ueid);
        assertThat(ask(device, GOOD).standing()).isEqualTo(Standing.VALID);
        world.pvaSilent = false;
        world.clock.advance(Duration.ofMinutes(1));
        awaitStanding(device, Standing.REVOKED);
    }

    @Test
    void aSuppliersLineWithdrawsAComponent() throws Exception {
        TestDevice device = validated();
        Pva.KnownBad bad =
                new Pva.KnownBad(Optional.empty(), Optional.of(GOOD.get(1).sha256()), Optional.empty());
        assertThat(world.supplier.withdraw(bad, Optional.empty())).contains(List.of(device.ueid));
        assertThat(ask(device, GOOD).standing()).isEqualTo(Standing.REVOKED);
    }

    @Test
    void owesAWithdrawalUntilTheIvfIsBack() throws Exception {
        TestDevice device = validated();
        world.ivfSilent = true;
        world.ivfWait = Duration.ZERO;
        world.restartPva();
        assertThat(world.validate(device, GOOD.subList(0, 2))).isEqualTo(ResultCode.COMPONENT_MISMATCH);
        assertThat(ask(device, GOOD).standing()).isEqualTo(Standing.VALID);
        world.restartPva();
        world.ivfSilent = false;
        world.clock.advance(Duration.ofMinutes(1));
        world.restartPva();

        awaitStanding(device, Standing.REVOKED);
    }

    @Test
    void aSupplierWithdrawsASetAndLearnsWhichDevicesRestOnIt() throws Exception {
        TestDevice device = validated();

        assertThat(world.pva.withdraw("acme", set("acme/test-board:1"), Optional.empty()))
                .contains(List.of(device.ueid));

        assertThat(ask(device, GOOD).standing()).isEqualTo(Standing.REVOKED);
        assertThat(world.validate(device, GOOD)).isEqualTo(ResultCode.REFERENCE_VALUES_MISSING);
        world.supplier.release(PvaWorld.MODEL, GOOD);
        assertThat(world.validate(device, GOOD)).isEqualTo(ResultCode.OK);
    }

    @Test
    void aSetThatIsOnlyReplacedVoidsNothing() throws Exception {
        TestDevice device = validated();
        world.supplier.release(PvaWorld.MODEL, List.of(GOOD.get(0), GOOD.get(1), component("config", 4)));

        assertThat(ask(device, GOOD).standing()).isEqualTo(Standing.VALID);

        assertThat(world.pva.withdraw("acme", set("acme/test-board"), Optional.empty()))
                .contains(List.of(device.ueid));
        assertThat(ask(device, GOOD).standing()).isEqualTo(Standing.REVOKED);
    }

    @Test
    void anOlderReleasePassesUntilItsSupplierWithdrawsIt() throws Exception {
        TestDevice behind = validated();
        TestDevice updated = world.made();
        List<MeasuredComponent> next = List.of(GOOD.get(0), GOOD.get(1), component("config", 4));
        world.supplier.release(PvaWorld.MODEL, next);
        assertThat(world.validate(updated, next)).isEqualTo(ResultCode.OK);
        assertThat(world.validate(behind, GOOD)).isEqualTo(ResultCode.OK);

        world.pva.withdraw("acme", set("acme/test-board:1"), Optional.empty());

        assertThat(world.validate(behind, GOOD)).isEqualTo(ResultCode.COMPONENT_MISMATCH);
        assertThat(world.validate(updated, next)).isEqualTo(ResultCode.OK);
    }

    @Test
    void aMixtureOfTwoReleasesIsNeither() throws Exception {
        TestDevice device = validated();
        world.supplier.release(PvaWorld.MODEL, List.of(GOOD.get(0), component("agent", 5), component("config", 4)));

        assertThat(world.validate(device, List.of(GOOD.get(0), component("agent", 5), GOOD.get(2))))
                .isEqualTo(ResultCode.COMPONENT_MISMATCH);
    }

    @Test
    void aComponentThatIsKnownToBeBadPassesNoMore() throws Exception {
        TestDevice device = validated();
        KnownBad digest = new KnownBad(Optional.empty(), Optional.of(GOOD.get(1).sha256()), Optional.empty());

        assertThat(world.pva.withdraw("acme", digest, Optional.empty())).contains(List.of(device.ueid));
        assertThat(world.pva.withdraw("acme", digest, Optional.empty())).contains(List.of(device.ueid));

        assertThat(ask(device, GOOD).standing()).isEqualTo(Standing.REVOKED);
        assertThat(world.validate(device, GOOD)).isEqualTo(ResultCode.COMPONENT_MISMATCH);
        assertThat(world.steps.get(world.steps.size() - 1).carried()).contains("'agent' is known to be bad");
    }

    @Test
    void aVersionThatIsKnownToBeBadPassesNoMore() throws Exception {
        TestDevice device = validated();
        KnownBad version =
                new KnownBad(Optional.empty(), Optional.empty(), Optional.of(new Ivf.NamedVersion("runtime", "1.0")));

        assertThat(world.pva.withdraw("acme", version, Optional.empty())).contains(List.of(device.ueid));

        assertThat(ask(device, GOOD).standing()).isEqualTo(Standing.REVOKED);
        assertThat(world.validate(device, GOOD)).isEqualTo(ResultCode.COMPONENT_MISMATCH);
    }

    @Test
    void noSupplierWithdrawsWhatIsAnothers() throws Exception {
        TestDevice device = validated();
        KnownBad digest = new KnownBad(Optional.empty(), Optional.of(GOOD.get(1).sha256()), Optional.empty());

        assertThat(world.pva.withdraw("rival", digest, Optional.empty())).contains(List.of());
        assertRefused(
                ResultCode.MALFORMED, () -> world.pva.withdraw("rival", set("acme/test-board:1"), Optional.empty()));
        assertRefused(ResultCode.CREDENTIAL_INVALID, () -> world.pva.withdraw("nobody", digest, Optional.empty()));

        assertThat(ask(device, GOOD).standing()).isEqualTo(Standing.VALID);
        assertThat(world.validate(device, GOOD)).isEqualTo(ResultCode.OK);
    }

    @Test
    void refusesToWithdrawNothing() {
        KnownBad nothing = new KnownBad(Optional.empty(), Optional.empty(), Optional.empty());

        assertRefused(ResultCode.MALFORMED, () -> world.pva.withdraw("acme", nothing, Optional.empty()));
    }

    @Test
    void refusesToWithdrawWhatIsNoDigest() {
        KnownBad bent = new KnownBad(Optional.empty(), Optional.of(Opaque.of(new byte[31])), Optional.empty());

        assertRefused(ResultCode.MALFORMED, () -> world.pva.withdraw("acme", bent, Optional.empty()));
    }

    @Test
    void confirmsAuthenticityForOneRegistration() throws Exception {
        TestDevice device = world.made();
        Pva.Request request = world.request(device);

        Opaque word = world.authenticate(request);

        assertThat(Authenticity.verify(
                        word.bytes(), world.pvaContext.certificate().publicKey()))
                .isEqualTo(new Authenticity(
                        List.of(new Authenticity.Vouched(
                                device.ueid,
                                request.registration(),
                                device.platform.publicKey().thumbprint(),
                                Optional.empty())),
                        world.clock.instant()));
    }

    @Test
    void reportsARepeatedQuestionForAuthenticityOnce() throws Exception {
        TestDevice device = world.made();
        Pva.Request request = world.request(device);
        world.authenticate(request);
        world.restartPva();
        world.authenticate(request);

        assertThat(world.steps).extracting(StepEvent::step).containsExactly(Step.REQUEST_AUTHENTICITY);
    }

    @Test
    void refusesAuthenticityUnderTheRegistrationOfAnotherDevice() throws Exception {
        Pva.Request first = world.request(world.made());
        world.authenticate(first);
        Pva.Request second = new Pva.Request(first.registration(), world.made().ueid, OPERATOR, first.policyId());

        assertRefused(ResultCode.NONCE_USED, () -> world.authenticate(second));
    }

    @Test
    void confirmsNothingOfACredentialThatIsNotGood() throws Exception {
        TestDevice device = world.made();
        assertRefused(ResultCode.UNKNOWN_DEVICE, () -> world.authenticate(world.request(world.new TestDevice())));
        world.supplierSilent = true;
        assertRefused(ResultCode.UNAVAILABLE, () -> world.authenticate(world.request(device)));
        world.supplierSilent = false;
        world.clock.advance(Duration.ofDays(21 * 365L));
        assertRefused(ResultCode.CREDENTIAL_EXPIRED, () -> world.authenticate(world.request(device)));
    }

    @Test
    void countsWhatItIsAsked() throws Exception {
        TestDevice device = validated();
        world.validate(device, GOOD.subList(0, 1));
        world.authenticate(world.request(device));

        Pva.Counters counters = world.pva.counters();

        assertThat(counters.validations()).isEqualTo(2);
        assertThat(counters.validationsRefused()).isEqualTo(1);
        assertThat(counters.authentications()).isEqualTo(1);
        assertThat(counters.authenticationsRefused()).isZero();
        assertThat(counters.validationCpu()).isPositive();
        assertThat(counters.authenticationCpu()).isPositive();
    }

    private static KnownBad set(String id) {
        return new KnownBad(Optional.of(id), Optional.empty(), Optional.empty());
    }

    private TestDevice validated() throws Exception {
        return validated(world);
    }

    /** A device whose result the IVF has. */
    static TestDevice validated(PvaWorld world) throws Exception {
        TestDevice device = world.made();
        world.ivf.permit(
                new Ivf.Permission("fleet", OPERATOR, List.of(new Ivf.Owned(device.ueid, device.inquiryToken()))));
        assertThat(world.validate(device, GOOD)).isEqualTo(ResultCode.OK);
        awaitStanding(world, device, GOOD, Standing.VALID);
        return device;
    }

    private void awaitStanding(TestDevice device, Standing wanted) throws Refused {
        awaitStanding(world, device, GOOD, wanted);
    }

    /** The outbox works on threads of its own; what fails there just after the clock was advanced waits from then on. */
    static void awaitStanding(PvaWorld world, TestDevice device, List<MeasuredComponent> components, Standing wanted)
            throws Refused {
        for (int i = 1; i < 2_000 && ask(world, device, components).standing() != wanted; i++) {
            LockSupport.parkNanos(10_000_000);
            if (i % 100 == 0) {
                world.clock.advance(Duration.ofSeconds(10));
            }
        }
        assertThat(ask(world, device, components).standing()).isEqualTo(wanted);
    }

    private Ivf.Answer ask(TestDevice device, List<MeasuredComponent> components) throws Refused {
        return ask(world, device, components);
    }

    static Ivf.Answer ask(PvaWorld world, TestDevice device, List<MeasuredComponent> components) throws Refused {
        DeviceState state = new DeviceState(device.generation, MeasuredComponent.firmware(components));
        return world.ivf
                .inquire(new Ivf.Inquiry(
                        OPERATOR,
                        AppraisalPolicy.BASELINE.id(),
                        Set.of("agent"),
                        Optional.of(0L),
                        List.of(new Ivf.Asked(device.ueid, Optional.of(state)))))
                .get(0);
    }

    private static void assertRefused(ResultCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.code()).isEqualTo(code));
    }
}
