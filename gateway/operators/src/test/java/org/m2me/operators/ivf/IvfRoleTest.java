// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.ivf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.m2me.operators.ivf.IvfFixture.COMPONENTS;
import static org.m2me.operators.ivf.IvfFixture.OPERATOR;
import static org.m2me.operators.ivf.IvfFixture.SET;
import static org.m2me.operators.ivf.IvfFixture.assertRefused;
import static org.m2me.operators.ivf.IvfFixture.component;
import static org.m2me.operators.ivf.IvfFixture.device;
import static org.m2me.operators.ivf.IvfFixture.permission;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.m2me.operators.Ivf;
import org.m2me.operators.Ivf.Standing;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.evidence.MeasuredComponent;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.message.DeviceState;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;

class IvfRoleTest {
    @TempDir
    Path directory;

    private IvfFixture world;

    @BeforeEach
    void start() throws Refused {
        world = new IvfFixture(directory);
        world.permit(1, 2, 3);
    }

    @AfterEach
    void stop() {
        world.close();
    }

    @Test
    void answersWithTheResultAsThePvaSignedIt() throws Exception {
        Opaque signed = world.publish(world.claims(1));

        assertThat(world.ask(1)).isEqualTo(new Ivf.Answer(device(1), Standing.VALID, Optional.of(signed)));
    }

    @Test
    void tellsADeviceThatItNeverSaw() throws Exception {
        assertThat(world.ask(2)).isEqualTo(new Ivf.Answer(device(2), Standing.NEVER_SEEN, Optional.empty()));
    }

    @Test
    void tellsAResultWhoseTimeIsOver() throws Exception {
        world.publish(world.claims(1));
        world.clock.advance(Duration.ofHours(24).minusSeconds(1));
        assertThat(world.standing(1)).isEqualTo(Standing.VALID);
        world.clock.advance(Duration.ofSeconds(1));

        assertThat(world.standing(1)).isEqualTo(Standing.EXPIRED);
    }

    @Test
    void tellsAResultWhoseTimeHasNotBegun() throws Exception {
        world.publish(world.claims(1).at(world.clock.instant().plusSeconds(3600)));

        assertThat(world.standing(1)).isEqualTo(Standing.EXPIRED);
    }

    @Test
    void tellsThatAComponentIsNotCovered() throws Exception {
        world.publish(world.claims(1));
        Ivf.Inquiry wider = new Ivf.Inquiry(
                OPERATOR,
                IvfFixture.POLICY,
                Set.of("agent", "modem"),
                Optional.empty(),
                List.of(new Ivf.Asked(device(1), Optional.empty())));

        assertThat(world.ivf.inquire(wider).get(0).standing()).isEqualTo(Standing.NOT_COVERED);
    }

    @Test
    void tellsThatAResultWasMadeByAnotherPolicy() throws Exception {
        world.publish(world.claims(1).by("other"));

        assertThat(world.standing(1)).isEqualTo(Standing.OTHER_POLICY);
    }

    @Test
    void keepsTheNewestResultOfEachPolicy() throws Exception {
        world.publish(world.claims(1).by("other"));
        Opaque signed = world.publish(world.claims(1));

        assertThat(world.ask(1).result()).contains(signed);
    }

    @Test
    void tellsThatAStateIsNewerThanTheResult() throws Exception {
        world.publish(world.claims(1));

        assertThat(world.ask(1, Optional.of(new DeviceState(15, world.firmware)))
                        .standing())
                .isEqualTo(Standing.VALID);
        assertThat(world.ask(1, Optional.of(new DeviceState(16, world.firmware)))
                        .standing())
                .isEqualTo(Standing.NEWER_STATE);
        assertThat(world.ask(1, Optional.of(new DeviceState(10, Opaque.of(new byte[16]))))
                        .standing())
                .isEqualTo(Standing.NEWER_STATE);
    }

    @Test
    void doesNotVouchForAStateThatIsOlderThanTheResult() throws Exception {
        world.publish(world.claims(1));

        assertThat(world.ask(1, Optional.of(new DeviceState(9, world.firmware))).standing())
                .isEqualTo(Standing.NEWER_STATE);
    }

    @Test
    void takesAnyNumberOfWritesWhenNoneIsAskedFor() throws Exception {
        world.publish(world.claims(1));
        Ivf.Inquiry patient = new Ivf.Inquiry(
                OPERATOR,
                IvfFixture.POLICY,
                Set.of(),
                Optional.empty(),
                List.of(new Ivf.Asked(device(1), Optional.of(new DeviceState(99_999, world.firmware)))));

        assertThat(world.ivf.inquire(patient).get(0).standing()).isEqualTo(Standing.VALID);
    }

    @Test
    void keepsTheNewerOfTwoResultsWhicheverComesFirst() throws Exception {
        Instant now = world.clock.instant();
        Opaque newer = world.publish(world.claims(1));
        world.publish(world.claims(1).at(now.minusSeconds(60)));
        assertThat(world.ask(1).result()).contains(newer);
        world.clock.advance(Duration.ofSeconds(60));
        Opaque newest = world.publish(world.claims(1));

        assertThat(world.ask(1).result()).contains(newest);
    }

    @Test
    void refusesAResultThatAnotherSigned() {
        P256PrivateKey other = P256PrivateKey.generate(world.random);
        Ivf.Publication forged = IvfFixture.publication(world.signed(world.claims(1), other), COMPONENTS);

        assertRefused(ResultCode.EVIDENCE_INVALID, () -> world.ivf.publish(forged));
    }

    @Test
    void refusesAResultThatWasChanged() {
        byte[] changed = world.signed(world.claims(1), world.pvaKey).bytes();
        changed[changed.length / 2] ^= 1;

        assertRefused(
                ResultCode.EVIDENCE_INVALID,
                () -> world.ivf.publish(IvfFixture.publication(Opaque.of(changed), COMPONENTS)));
    }

    @Test
    void refusesWhatIsNoResult() {
        for (byte[] hostile : List.of(new byte[0], new byte[] {(byte) 0xd2}, new byte[1_000_000])) {
            assertRefused(
                    ResultCode.EVIDENCE_INVALID,
                    () -> world.ivf.publish(IvfFixture.publication(Opaque.of(hostile), COMPONENTS)));
        }
    }

    @Test
    void refusesComponentsThatAreNotTheResults() {
        Opaque signed = world.signed(world.claims(1), world.pvaKey);
        List<MeasuredComponent> others = COMPONENTS.stream()
                .map(component -> component(component.name(), component.version(), 77))
                .toList();

        assertRefused(
                ResultCode.MALFORMED,
                () -> world.ivf.publish(IvfFixture.publication(signed, COMPONENTS.subList(0, 1))));
        assertRefused(ResultCode.MALFORMED, () -> world.ivf.publish(IvfFixture.publication(signed, others)));
    }

    @Test
    void answersABatchInTheOrderOfTheQuestion() throws Exception {
        world.publish(world.claims(1));
        world.publish(world.claims(3));
        List<Ivf.Asked> asked = new ArrayList<>();
        for (int device : new int[] {3, 9, 1, 2, 3}) {
            asked.add(new Ivf.Asked(device(device), Optional.empty()));
        }

        List<Ivf.Answer> answers = world.ivf.inquire(world.inquiry(asked));

        assertThat(answers)
                .extracting(Ivf.Answer::device)
                .containsExactlyElementsOf(asked.stream().map(Ivf.Asked::device).toList());
        assertThat(answers)
                .extracting(Ivf.Answer::standing)
                .containsExactly(
                        Standing.VALID, Standing.NOT_PERMITTED, Standing.VALID, Standing.NEVER_SEEN, Standing.VALID);
    }

    @Test
    void answersTheLargestBatchAndRefusesALargerOne() throws Exception {
        List<Ivf.Asked> asked = new ArrayList<>();
        for (int i = 0; i < Ivf.DEVICES_MAX; i++) {
            asked.add(new Ivf.Asked(device(i), Optional.empty()));
        }
        assertThat(world.ivf.inquire(world.inquiry(asked))).hasSize(Ivf.DEVICES_MAX);
        asked.add(new Ivf.Asked(device(1), Optional.empty()));

        assertRefused(ResultCode.TOO_LARGE, () -> world.ivf.inquire(world.inquiry(asked)));
    }

    @Test
    void tellsWhoIsNotPermittedTheSameOfEveryDevice() throws Exception {
        world.publish(world.claims(1));
        world.publish(world.claims(7));
        Ivf.Inquiry curious = new Ivf.Inquiry(
                Plmn.parse("262-03"),
                IvfFixture.POLICY,
                Set.of(),
                Optional.empty(),
                List.of(
                        new Ivf.Asked(device(1), Optional.empty()),
                        new Ivf.Asked(device(7), Optional.empty()),
                        new Ivf.Asked(device(8), Optional.empty())));

        assertThat(world.ivf.inquire(curious)).allSatisfy(answer -> {
            assertThat(answer.standing()).isEqualTo(Standing.NOT_PERMITTED);
            assertThat(answer.result()).isEmpty();
        });
    }

    @Test
    void aPermissionEnds() throws Exception {
        world.clock.advance(Permissions.LIFETIME.minusSeconds(1));
        world.publish(world.claims(1));
        assertThat(world.standing(1)).isEqualTo(Standing.VALID);
        world.clock.advance(Duration.ofSeconds(1));

        assertThat(world.standing(1)).isEqualTo(Standing.NOT_PERMITTED);
    }

    @Test
    void permitsTheNewestFewOperators() throws Exception {
        world.publish(world.claims(1));
        for (int i = 0; i < Permissions.OPERATORS_MAX; i++) {
            world.clock.advance(Duration.ofSeconds(1));
            world.ivf.permit(permission("fleet", Plmn.parse("310-41" + i), 1));
        }
        assertThat(world.standing(1)).isEqualTo(Standing.NOT_PERMITTED);
        world.restart();

        assertThat(world.standing(1)).isEqualTo(Standing.NOT_PERMITTED);
    }

    @Test
    void aDeviceThatChangedHandsIsSpokenForByTheNextOne() throws Exception {
        world.publish(world.claims(1));
        world.ivf.release(List.of(device(1)));
        assertThat(world.standing(1)).isEqualTo(Standing.NOT_PERMITTED);

        world.ivf.permit(permission("buyer", OPERATOR, 1));
        assertThat(world.standing(1)).isEqualTo(Standing.VALID);
        assertRefused(ResultCode.FORBIDDEN, () -> world.permit(1));
    }

    @Test
    void keepsAllWhenItIsStoppedAndStarted() throws Exception {
        Opaque signed = world.publish(world.claims(1));
        world.publish(world.claims(2));
        world.ivf.withdraw(
                new Ivf.Withdrawal(
                        world.clock.instant(),
                        Optional.empty(),
                        Optional.of(device(2)),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()),
                Optional.empty());
        world.restart();

        assertThat(world.ask(1).result()).contains(signed);
        assertThat(world.ask(1, Optional.of(new DeviceState(16, world.firmware)))
                        .standing())
                .isEqualTo(Standing.NEWER_STATE);
        assertThat(world.standing(2)).isEqualTo(Standing.REVOKED);
        assertThat(world.standing(3)).isEqualTo(Standing.NEVER_SEEN);
        assertThat(world.standing(4)).isEqualTo(Standing.NOT_PERMITTED);
    }

    @Test
    void forgetsWhatExpiredLongAgoWhenItStarts() throws Exception {
        world.publish(world.claims(1));
        world.clock.advance(Duration.ofDays(32));
        world.restart();

        assertThat(world.standing(1)).isEqualTo(Standing.NEVER_SEEN);
        assertThat(SET).startsWith("acme/");
    }
}
