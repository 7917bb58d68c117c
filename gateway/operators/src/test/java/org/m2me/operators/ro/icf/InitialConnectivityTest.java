// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.ro.icf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.m2me.operators.AuthenticationCentre.ApnProfile;
import org.m2me.operators.AuthenticationCentre.Destination;
import org.m2me.operators.AuthenticationCentre.VectorRequest;
import org.m2me.operators.PcidRecord;
import org.m2me.operators.World;
import org.m2me.operators.access.Usim;
import org.m2me.operators.wiring.RoleContext;
import org.m2me.protocol.aka.AkaKey;
import org.m2me.protocol.aka.SqnParameters;
import org.m2me.protocol.identity.Pcid;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;

class InitialConnectivityTest {
    private static final Pcid PCID = Pcid.of("901700000000001");
    private static final ApnProfile INITIAL =
            new ApnProfile("provisioning.ro", List.of(new Destination(17, "10.66.0.1/32", 5684)), 1000);
    private static final Duration LIFETIME = Duration.ofDays(100);

    @TempDir
    Path directory;

    private World world;
    private RoleContext context;
    private InitialConnectivity icf;
    private PcidRecord record;

    @BeforeEach
    void start() throws Refused {
        world = new World(directory);
        context = world.context("icf.901-70");
        icf = newIcf();
        record = record(Usim.newKey(world.random));
        icf.accept(record);
    }

    @AfterEach
    void stop() {
        icf.close();
    }

    private InitialConnectivity newIcf() {
        return new InitialConnectivity(
                context,
                new IcfSettings(List.of(new Plmn("901", "70")), INITIAL, IcfSettings.SESSIONS_MAX, Optional.empty()));
    }

    private static PcidRecord record(AkaKey key) {
        return new PcidRecord(PCID, key, SqnParameters.DEFAULT, World.START.plus(LIFETIME));
    }

    private void activate(Duration from, Duration until) throws Refused {
        icf.activate(PCID, World.START.plus(from), World.START.plus(until));
    }

    private ResultCode vectors() {
        try {
            return icf.vectors(new VectorRequest(PCID.imsi(), "vno.262-42", 1, Optional.empty(), false))
                                    .size()
                            == 1
                    ? ResultCode.OK
                    : ResultCode.INTERNAL;
        } catch (Refused refused) {
            return refused.code();
        }
    }

    @Test
    void givesVectorsOnlyWithinTheActivationWindow() throws Refused {
        assertThat(vectors()).isEqualTo(ResultCode.PCID_NOT_ACTIVE);
        activate(Duration.ofHours(1), Duration.ofHours(2));
        assertThat(vectors()).isEqualTo(ResultCode.PCID_NOT_ACTIVE);
        world.clock.advance(Duration.ofHours(1));
        assertThat(vectors()).isEqualTo(ResultCode.OK);
        assertThat(icf.status(PCID).active()).isTrue();
        world.clock.advance(Duration.ofHours(1));
        assertThat(vectors()).isEqualTo(ResultCode.PCID_NOT_ACTIVE);
        assertThat(icf.status(PCID).active()).isFalse();
    }

    @Test
    void endsEveryActivationWithThePcidsLifetime() throws Refused {
        activate(Duration.ZERO, LIFETIME.multipliedBy(2));
        assertThat(vectors()).isEqualTo(ResultCode.OK);
        world.clock.advance(LIFETIME);
        assertThat(vectors()).isEqualTo(ResultCode.PCID_NOT_ACTIVE);
    }

    @Test
    void keepsPcidsAndTheirWindowOverARestart() throws Refused {
        activate(Duration.ZERO, Duration.ofDays(1));
        icf.close();
        icf = newIcf();
        assertThat(vectors()).isEqualTo(ResultCode.OK);
    }

    @Test
    void leadsToTheRegistrationOperatorOnlyAndSaysWhatIsLeft() throws Refused {
        activate(Duration.ZERO, Duration.ofDays(1));
        icf.usage(PCID.imsi(), "session", 400);
        icf.usage(PCID.imsi(), "session", 400);
        var apns = icf.subscription(PCID.imsi(), "vno.262-42").apns();
        assertThat(apns).containsExactly(new ApnProfile(INITIAL.apn(), INITIAL.allowed(), 600));
    }

    @Test
    void refusesOnceTheQuotaIsUsedAndSaysSoWithTheReport() throws Refused {
        activate(Duration.ZERO, Duration.ofDays(1));
        assertThatExceptionOfType(Refused.class)
                .isThrownBy(() -> icf.usage(PCID.imsi(), "session", 1000))
                .matches(refused -> refused.code() == ResultCode.QUOTA);
        assertThat(vectors()).isEqualTo(ResultCode.QUOTA);
    }

    @Test
    void refusesAPcidThatComesAgainAndAgain() throws Refused {
        activate(Duration.ZERO, Duration.ofDays(1));
        for (int i = 0; i < IcfSettings.SESSIONS_MAX; i++) {
            assertThat(vectors()).isEqualTo(ResultCode.OK);
            icf.usage(PCID.imsi(), "session " + i, 0);
        }
        assertThat(vectors()).isEqualTo(ResultCode.QUOTA);
    }

    @Test
    void takesTheSamePcidAgainButNotAnotherKeyForOneInUse() throws Refused {
        activate(Duration.ZERO, Duration.ofDays(1));
        icf.accept(record);
        assertThat(vectors()).isEqualTo(ResultCode.OK);
        PcidRecord other = record(Usim.newKey(world.random));
        assertThatExceptionOfType(Refused.class)
                .isThrownBy(() -> icf.accept(other))
                .matches(refused -> refused.code() == ResultCode.FORBIDDEN);
    }

    @Test
    void takesAPcidAnewWhoseLifetimeIsOverThoughNobodyReturnedIt() throws Refused {
        activate(Duration.ZERO, LIFETIME);
        world.clock.advance(LIFETIME);
        PcidRecord next = new PcidRecord(
                PCID,
                Usim.newKey(world.random),
                SqnParameters.DEFAULT,
                world.clock.instant().plus(LIFETIME));
        icf.accept(next);
        assertThat(vectors()).isEqualTo(ResultCode.PCID_NOT_ACTIVE);
        icf.activate(PCID, world.clock.instant(), world.clock.instant().plus(LIFETIME));
        assertThat(vectors()).isEqualTo(ResultCode.OK);
    }

    @Test
    void issuesAReturnedPcidAnewWithAnotherKey() throws Refused {
        activate(Duration.ZERO, Duration.ofDays(1));
        icf.usage(PCID.imsi(), "session", 900);
        icf.deactivate(PCID);
        icf.deactivate(PCID);
        assertThat(vectors()).isEqualTo(ResultCode.PCID_NOT_ACTIVE);
        assertThatExceptionOfType(Refused.class).isThrownBy(() -> activate(Duration.ZERO, Duration.ofDays(1)));
        icf.accept(record(Usim.newKey(world.random)));
        assertThat(vectors()).isEqualTo(ResultCode.PCID_NOT_ACTIVE);
        activate(Duration.ZERO, Duration.ofDays(1));
        assertThat(icf.subscription(PCID.imsi(), "vno.262-42").apns().get(0).quota())
                .isEqualTo(INITIAL.quota());
    }

    @Test
    void refusesWhatItDoesNotKnowOrMayNotHold() {
        Pcid unknown = Pcid.of("901700000000002");
        assertThatExceptionOfType(Refused.class)
                .isThrownBy(() -> icf.status(unknown))
                .matches(refused -> refused.code() == ResultCode.PCID_UNKNOWN);
        PcidRecord foreign = new PcidRecord(
                Pcid.of("262010000000001"), Usim.newKey(world.random), SqnParameters.DEFAULT, World.START);
        assertThatExceptionOfType(Refused.class)
                .isThrownBy(() -> icf.accept(foreign))
                .matches(refused -> refused.code() == ResultCode.FORBIDDEN);
        assertThatExceptionOfType(Refused.class)
                .isThrownBy(() -> activate(Duration.ofHours(2), Duration.ofHours(1)))
                .matches(refused -> refused.code() == ResultCode.MALFORMED);
    }
}
