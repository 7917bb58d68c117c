// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.ivf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.m2me.operators.ivf.IvfFixture.COMPONENTS;
import static org.m2me.operators.ivf.IvfFixture.CREDENTIAL;
import static org.m2me.operators.ivf.IvfFixture.SET;
import static org.m2me.operators.ivf.IvfFixture.assertRefused;
import static org.m2me.operators.ivf.IvfFixture.component;
import static org.m2me.operators.ivf.IvfFixture.device;
import static org.m2me.operators.ivf.IvfFixture.digest;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.m2me.operators.Ivf;
import org.m2me.operators.Ivf.Standing;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;

/** What a withdrawal takes back, and what stands. */
class IvfWithdrawalTest {
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

    /** What a withdrawal may name, for the first device only. */
    private enum Way {
        DEVICE,
        CREDENTIAL,
        SET,
        SET_OF_ANY_VERSION,
        DIGEST,
        COMPONENT;

        Ivf.Withdrawal until(Instant time, String supplier) {
            return new Ivf.Withdrawal(
                    time,
                    supplier.isEmpty() ? Optional.empty() : Optional.of(supplier),
                    this == DEVICE ? Optional.of(device(1)) : Optional.empty(),
                    this == CREDENTIAL ? Optional.of(IvfFixture.CREDENTIAL) : Optional.empty(),
                    this == SET
                            ? Optional.of(IvfFixture.SET)
                            : this == SET_OF_ANY_VERSION ? Optional.of("acme/board") : Optional.empty(),
                    this == DIGEST ? Optional.of(digest(1)) : Optional.empty(),
                    this == COMPONENT ? Optional.of(new Ivf.NamedVersion("runtime", "1.0")) : Optional.empty());
        }
    }

    private void publishTwo() throws Refused {
        world.publish(world.claims(1));
        world.publish(world.claims(2)
                .restingOn("acme/other:3", digest(78), List.of(component("runtime", "1.1", 9), COMPONENTS.get(1))));
    }

    private Ivf.Answer second() throws Refused {
        return world.ask(2, Optional.empty());
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void withdrawsWhatRestsOnItAndNothingElse(Way way) throws Exception {
        publishTwo();

        assertThat(world.ivf.withdraw(way.until(world.clock.instant(), ""), Optional.empty()))
                .containsExactly(device(1));

        assertThat(world.ask(1)).isEqualTo(new Ivf.Answer(device(1), Standing.REVOKED, Optional.empty()));
        assertThat(second().standing()).isEqualTo(Standing.VALID);
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void withdrawsOnceAndAnswersARepetitionAlike(Way way) throws Exception {
        publishTwo();
        Ivf.Withdrawal withdrawal = way.until(world.clock.instant(), "");
        world.ivf.withdraw(withdrawal, Optional.empty());
        world.clock.advance(Duration.ofSeconds(2));
        world.publish(world.claims(1));

        assertThat(world.ivf.withdraw(withdrawal, Optional.empty())).isEmpty();
        assertThat(world.standing(1)).isEqualTo(Standing.VALID);
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void holdsForAnOlderResultThatComesLate(Way way) throws Exception {
        IvfFixture.Claims before = world.claims(1);
        world.clock.advance(Duration.ofSeconds(10));
        world.ivf.withdraw(way.until(world.clock.instant(), ""), Optional.empty());
        world.clock.advance(Duration.ofSeconds(10));
        world.restart();

        world.publish(before);

        assertThat(world.standing(1)).isEqualTo(Standing.REVOKED);
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void aResultThatIsIssuedAfterItStands(Way way) throws Exception {
        world.publish(world.claims(1));
        world.ivf.withdraw(way.until(world.clock.instant(), ""), Optional.empty());
        world.clock.advance(Duration.ofSeconds(1));

        world.publish(world.claims(1));

        assertThat(world.standing(1)).isEqualTo(Standing.VALID);
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void namesWhatIsVoidAlsoToWhoRepeatsItWithAnEarlierTime(Way way) throws Exception {
        Instant before = world.clock.instant();
        world.clock.advance(Duration.ofSeconds(2));
        world.publish(world.claims(1));
        world.ivf.withdraw(way.until(world.clock.instant(), ""), Optional.empty());

        assertThat(world.ivf.withdraw(way.until(before, ""), Optional.empty())).containsExactly(device(1));
        assertThat(world.standing(1)).isEqualTo(Standing.REVOKED);
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void touchesTheDevicesOfThatSupplierOnly(Way way) throws Exception {
        publishTwo();

        assertThat(world.ivf.withdraw(way.until(world.clock.instant(), "rival"), Optional.empty()))
                .isEmpty();
        assertThat(world.standing(1)).isEqualTo(Standing.VALID);
        assertThat(world.ivf.withdraw(way.until(world.clock.instant(), "acme"), Optional.empty()))
                .containsExactly(device(1));
    }

    @Test
    void saysWhichDevicesPartByPart() throws Exception {
        List<Ueid> all = new ArrayList<>();
        for (int i = 1; i <= Ivf.WITHDRAWN_MAX + 5; i++) {
            world.publish(world.claims(i));
            all.add(device(i));
        }
        Ivf.Withdrawal everything = Way.CREDENTIAL.until(world.clock.instant(), "");

        List<Ueid> first = world.ivf.withdraw(everything, Optional.empty());
        assertThat(first).isEqualTo(all.subList(0, Ivf.WITHDRAWN_MAX));
        assertThat(world.ivf.withdraw(everything, Optional.of(first.get(first.size() - 1))))
                .isEqualTo(all.subList(Ivf.WITHDRAWN_MAX, all.size()));
    }

    @Test
    void refusesAWithdrawalOfNothingOfTwoThingsOrOfTheFuture() {
        Instant now = world.clock.instant();
        Optional<Opaque> none = Optional.empty();
        Ivf.Withdrawal nothing = new Ivf.Withdrawal(
                now, Optional.empty(), Optional.empty(), none, Optional.empty(), none, Optional.empty());
        Ivf.Withdrawal two = new Ivf.Withdrawal(
                now,
                Optional.empty(),
                Optional.of(device(1)),
                Optional.of(CREDENTIAL),
                Optional.empty(),
                none,
                Optional.empty());

        assertRefused(ResultCode.MALFORMED, () -> world.ivf.withdraw(nothing, Optional.empty()));
        assertRefused(ResultCode.MALFORMED, () -> world.ivf.withdraw(two, Optional.empty()));
        assertRefused(
                ResultCode.MALFORMED,
                () -> world.ivf.withdraw(Way.SET.until(now.plus(Duration.ofDays(1)), ""), Optional.empty()));
    }
}
