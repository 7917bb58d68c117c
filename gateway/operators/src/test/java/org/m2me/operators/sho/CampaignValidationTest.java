// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.sho;

import static org.assertj.core.api.Assertions.assertThat;
import static org.m2me.operators.World.OPERATOR;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.m2me.operators.Campaigns.Limits;
import org.m2me.operators.Campaigns.Plan;
import org.m2me.operators.Count;
import org.m2me.operators.Counterparts.IvfSide;
import org.m2me.operators.Ivf;
import org.m2me.operators.Ivf.Standing;
import org.m2me.operators.Machine;
import org.m2me.operators.Pva;
import org.m2me.operators.Sho;
import org.m2me.operators.Subscriber;
import org.m2me.operators.World;
import org.m2me.operators.sho.campaign.ValidationPace;
import org.m2me.protocol.evidence.Authenticity;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.step.Procedure;

/** A campaign of devices that all have newer firmware than the IVF has heard of: only when they come is that known. */
final class CampaignValidationTest extends ShoFixture {
    private static final int DEVICES = 5;
    private static final Duration MINUTE = Duration.ofMinutes(1);

    /** Two validations a minute; nothing else holds anybody up. */
    private static final Limits TWO = new Limits(DEVICES, 100, 86_400, 1, DEVICES, 1_000, 2);

    private final List<Machine> fleet = new ArrayList<>();
    private final List<Ueid> ordered = new CopyOnWriteArrayList<>();
    private final BlockingQueue<Asked> asked = new LinkedBlockingQueue<>();
    private final BlockingQueue<Integer> rounds = new LinkedBlockingQueue<>(); // devices in each

    /** The PVA is asked to validate a device. */
    private record Asked(Ueid device, Instant at) {}

    @BeforeEach
    void makeFleet() throws Exception {
        for (int i = 0; i < DEVICES; i++) {
            fleet.add(new Machine(world.random));
            sho.contract(contract(fleet.get(i)));
        }
        IvfSide ivf = new IvfSide();
        ivf.answer(one -> new Ivf.Answer(
                one.device(), one.state().isPresent() ? Standing.NEWER_STATE : Standing.VALID, Optional.empty()));
        peers.set(Ivf.class, ivf);
        pva.vouch(this::word);
        peers.set(Pva.class, (Pva) Proxy.newProxyInstance(
                Pva.class.getClassLoader(), new Class<?>[] {Pva.class}, (self, method, arguments) -> {
                    if (method.getName().equals("validate")) {
                        asked.add(new Asked(((Pva.Request) arguments[0]).device(), world.clock.instant()));
                    }
                    return method.invoke(pva, arguments);
                }));
        peers.set(Subscriber.class, (Subscriber) Proxy.newProxyInstance(
                Subscriber.class.getClassLoader(),
                new Class<?>[] {Subscriber.class},
                (self, method, arguments) -> ordered.add((Ueid) arguments[0]) ? null : self));
    }

    private Opaque word(List<Pva.Applicant> about) {
        rounds.add(about.size());
        List<Authenticity.Vouched> vouched = about.stream()
                .map(one -> machineOf(one.device()).vouched(one.registration()))
                .toList();
        return Opaque.of(new Authenticity(vouched, world.clock.instant()).sign(pvaKey));
    }

    private Machine machineOf(Ueid device) {
        return fleet.stream().filter(one -> one.ueid.equals(device)).findFirst().orElse(machine);
    }

    private Plan plan() {
        List<Ueid> devices = fleet.stream().map(one -> one.ueid).toList();
        return new Plan("autumn", "fleet", Procedure.CHANGE, devices, TWO, Optional.empty());
    }

    private void change(Machine one) throws Refused {
        sho.register(new Sho.Registration(
                nonce(), one.ueid, Optional.empty(), Procedure.CHANGE, Optional.of(Machine.state())));
    }

    private void wholeFleetChanges() throws Refused {
        sho.campaigns().begin(plan());
        world.await("all are ordered", () -> ordered.size() == DEVICES);
        for (Machine one : fleet) {
            change(one);
        }
        world.clock.advance(RoundTimes.FLEET_PAUSE);
    }

    /** Time stands still meanwhile. */
    private static <T> T next(BlockingQueue<T> questions) throws InterruptedException {
        return Objects.requireNonNull(
                questions.poll(World.PATIENCE.toSeconds(), TimeUnit.SECONDS), "the PVA is not asked");
    }

    private long waiting() {
        return world.number(
                "sho." + OPERATOR, "sho.db", "SELECT COUNT(*) FROM campaign_device WHERE waits_for_pva IS NOT NULL");
    }

    @Test
    void thePvaIsNeverAskedMoreOftenThanTheLimitSaysAlsoAcrossARestart() throws Exception {
        assertThat(sho.campaigns().forecast(plan())).containsExactly(new Count("VALID", DEVICES));
        wholeFleetChanges();
        List<Asked> turns = new ArrayList<>(List.of(next(asked), next(asked)));
        world.await("that is noted", () -> sho.validationCounts().validations() == DEVICES && waiting() <= DEVICES - 2);
        restart();
        world.await("the PVA is asked for all", () -> asked.size() == DEVICES - 2);
        asked.drainTo(turns);

        assertThat(turns).extracting(Asked::device).containsExactlyInAnyOrderElementsOf(ordered);
        for (int i = 2; i < DEVICES; i++) {
            assertThat(turns.get(i).at()).isAfterOrEqualTo(turns.get(i - 2).at().plus(MINUTE));
        }
        assertThat(sho.validationCounts().fallBacks()).containsExactly(new Count("NEWER_STATE", DEVICES));
        assertThat(sho.validationCounts().validations()).isEqualTo(DEVICES);
    }

    @Test
    void aDeviceOfNoCampaignIsNotHeld() throws Exception {
        wholeFleetChanges();
        List<Ueid> first = List.of(next(asked).device(), next(asked).device());
        assertThat(ordered).containsAll(first);

        change(machine);
        world.clock.advance(RoundTimes.PAUSE);
        assertThat(next(asked).device()).isEqualTo(machine.ueid);
    }

    @Test
    void thePvaIsAskedForTheAuthenticityOfThoseThatComeWithinFiveSecondsInOneRound() throws Exception {
        sho.campaigns().begin(plan());
        world.await("all are ordered", () -> ordered.size() == DEVICES);
        change(fleet.get(0));
        assertThat(next(rounds)).isEqualTo(1); // at once
        world.clock.advance(Duration.ofMillis(1));
        for (Machine one : fleet.subList(1, DEVICES)) {
            change(one);
        }
        world.clock.advance(RoundTimes.PAUSE);
        change(machine);
        assertThat(next(rounds)).isEqualTo(1); // of no campaign: it does not wait for the others
        world.clock.advance(RoundTimes.FLEET_PAUSE.minus(RoundTimes.PAUSE));
        assertThat(next(rounds)).isEqualTo(DEVICES - 1);
    }

    @Test
    void theyAreWaitedForAsLongAsTheirRegistrationsAreOpen() {
        assertThat(ValidationPace.WAIT_MAX).isEqualTo(TimeLimit.VALIDATION);
    }
}
