// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.subscriber;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.m2me.operators.World.OPERATOR;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.m2me.operators.Counterparts.IcfSide;
import org.m2me.operators.Icf;
import org.m2me.operators.Machine;
import org.m2me.operators.Neighbours;
import org.m2me.operators.ShoSide;
import org.m2me.operators.Subscriber.Purchase;
import org.m2me.operators.World;
import org.m2me.operators.wiring.RoleContext;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.identity.Pcid;
import org.m2me.protocol.message.Activation;
import org.m2me.protocol.message.Activation.Association;
import org.m2me.protocol.message.Activation.Server;
import org.m2me.protocol.message.Activation.Terms;
import org.m2me.protocol.message.ActivationRequest;
import org.m2me.protocol.message.DeviceResource;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.message.Telemetry;
import org.m2me.protocol.message.Verdict;

/** What the owner withdraws, for one device or for all: each hears of it, signed and with a higher number. */
final class WithdrawnActivationTest {
    @TempDir
    Path directory;

    private World world;
    private final Neighbours peers = new Neighbours();
    private RoleContext context;
    private SubscriberRole subscriber;
    private Machine machine;
    private Machine other;
    private Terms terms;

    @BeforeEach
    void start() throws Exception {
        world = new World(directory);
        peers.set(OPERATOR, new ShoSide());
        peers.set(Icf.class, new IcfSide());
        context = world.context("subscriber.fleet");
        open();
        machine = bought("901700000000001");
        other = bought("901700000000002");
        Association fleet = new Association(world.authority.certificate(), "telemetry");
        terms = new Terms(new Server("telemetry.example", 5684, fleet), Optional.empty(), Optional.empty());
    }

    private void open() {
        SubscriberSettings settings = new SubscriberSettings("acme", Duration.ofDays(90), true);
        subscriber = new SubscriberRole(context, peers, settings).start();
    }

    @AfterEach
    void stop() {
        subscriber.close();
    }

    private Machine bought(String pcid) throws Refused {
        Machine one = new Machine(world.random);
        subscriber.choose(new Purchase(one.ueid, Pcid.of(pcid), one.ownerToken, Optional.empty()), OPERATOR);
        return one;
    }

    /** What a device is told that holds this number; proven to be its owner's word. */
    private Optional<Activation> ask(Machine asking, long held) throws Exception {
        byte[] question = new ActivationRequest(held).encode();
        Optional<byte[]> answer = subscriber.answer(asking.ueid, DeviceResource.ACTIVATION, question);
        if (answer.isEmpty()) {
            return Optional.empty();
        }
        try (SecretBytes secret = SecretBytes.takeFrom(asking.ownerToken.bytes())) {
            return Optional.of(Activation.verify(answer.get(), asking.ueid, secret));
        }
    }

    /** As a device does: it asks, and asks again with what it has got. @return what it has then */
    private Activation settled(Machine asking, long held) throws Exception {
        Activation told = ask(asking, held).orElseThrow();
        assertThat(told.number()).isGreaterThan(held);
        assertThat(ask(asking, told.number())).isEmpty();
        return told;
    }

    private boolean announced(Machine working) throws Exception {
        byte[] telemetry = new Telemetry(1, World.START, new TreeMap<>(Map.of("uptime_s", 1L))).encode();
        byte[] verdict = subscriber
                .answer(working.ueid, DeviceResource.TELEMETRY, telemetry)
                .orElseThrow();
        return Verdict.decode(verdict).mail();
    }

    private ResultCode code(ThrowingCallable asking) {
        return catchThrowableOfType(Refused.class, asking).code();
    }

    @Test
    void tellsTheDeviceAndNoOther() throws Exception {
        subscriber.activateAll(terms);
        long held = settled(machine, 0).number();
        settled(other, 0);

        subscriber.deactivate(machine.ueid);
        assertThat(announced(machine)).isTrue();
        assertThat(announced(other)).isFalse();
        Activation told = settled(machine, held);
        assertThat(told.terms()).isEmpty();
        assertThat(announced(machine)).isFalse();
        assertThat(subscriber.activation(machine.ueid).terms()).isEmpty();
        assertThat(subscriber.activation(machine.ueid).own()).isTrue();
        assertThat(subscriber.activation(machine.ueid).held()).isEqualTo(told.number());
        assertThat(subscriber.activation(other.ueid).terms()).contains(terms);
    }

    @Test
    void tellsAllButThoseThatHaveSomethingOfTheirOwn() throws Exception {
        subscriber.activateAll(terms);
        subscriber.activate(machine.ueid, terms);
        long held = settled(machine, 0).number();
        long others = settled(other, 0).number();

        subscriber.deactivateAll();
        assertThat(ask(machine, held)).isEmpty();
        assertThat(settled(other, others).terms()).isEmpty();
    }

    @Test
    void staysWithdrawnForOneDeviceWhenSomethingIsEnteredForAll() throws Exception {
        subscriber.activateAll(terms);
        subscriber.deactivateAll();
        subscriber.deactivate(machine.ueid);
        subscriber.activateAll(terms);
        assertThat(settled(machine, 0).terms()).isEmpty();
        assertThat(settled(other, 0).terms()).contains(terms);
    }

    @Test
    void hasNoSecondEffectWhenItIsRepeatedAlsoAfterARestart() throws Exception {
        subscriber.activateAll(terms);
        subscriber.deactivate(machine.ueid);
        subscriber.deactivateAll();
        long number = settled(machine, 0).number();
        long others = settled(other, 0).number();
        subscriber.close();
        open();
        subscriber.deactivate(machine.ueid);
        subscriber.deactivateAll();
        assertThat(ask(machine, number)).isEmpty();
        assertThat(ask(other, others)).isEmpty();
        assertThat(announced(machine)).isFalse();
    }

    @Test
    void isOverWhenSomethingIsEnteredAgain() throws Exception {
        subscriber.activate(machine.ueid, terms);
        subscriber.deactivate(machine.ueid);
        long number = settled(machine, 0).number();
        subscriber.activate(machine.ueid, terms);
        assertThat(settled(machine, number).terms()).contains(terms);
    }

    @Test
    void refusesWhereNothingWasEnteredAndWhoWasNotBought() {
        assertThat(code(() -> subscriber.deactivate(machine.ueid))).isEqualTo(ResultCode.NOT_FOUND);
        assertThat(code(() -> subscriber.deactivateAll())).isEqualTo(ResultCode.NOT_FOUND);
        assertThat(code(() -> subscriber.deactivate(new Machine(world.random).ueid)))
                .isEqualTo(ResultCode.UNKNOWN_DEVICE);
    }
}
