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
import org.m2me.protocol.identity.Opaque;
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

/** What the owner enters is what its devices are told, once, and nobody else's. */
final class ActivationServiceTest {
    private static final SubscriberSettings SETTINGS = new SubscriberSettings("acme", Duration.ofDays(90), true);

    @TempDir
    Path directory;

    private World world;
    private Neighbours peers;
    private Machine machine;
    private Machine other;
    private RoleContext context;
    private SubscriberRole subscriber;
    private long sequence;

    @BeforeEach
    void start() throws Exception {
        world = new World(directory);
        peers = new Neighbours();
        peers.set(OPERATOR, new ShoSide());
        peers.set(Icf.class, new IcfSide());
        context = world.context("subscriber.fleet");
        subscriber = new SubscriberRole(context, peers, SETTINGS).start();
        machine = bought("901700000000001");
        other = bought("901700000000002");
    }

    @AfterEach
    void stop() {
        subscriber.close();
    }

    private Machine bought(String pcid) throws Refused {
        Machine bought = new Machine(world.random);
        subscriber.choose(new Purchase(bought.ueid, Pcid.of(pcid), bought.ownerToken, Optional.empty()), OPERATOR);
        return bought;
    }

    private Terms terms(String host) {
        Association fleet = new Association(world.authority.certificate(), "telemetry");
        return new Terms(new Server(host, 5684, fleet), Optional.empty(), Optional.empty());
    }

    /** What the device is told, if it is the owner's word. */
    private Optional<Activation> ask(Machine asking, long held) throws Exception {
        Optional<byte[]> answer =
                subscriber.answer(asking.ueid, DeviceResource.ACTIVATION, new ActivationRequest(held).encode());
        if (answer.isEmpty()) {
            return Optional.empty();
        }
        try (SecretBytes secret = SecretBytes.takeFrom(asking.ownerToken.bytes())) {
            return Optional.of(Activation.verify(answer.get(), asking.ueid, secret));
        }
    }

    private boolean announced(Machine working) throws Exception {
        byte[] telemetry = new Telemetry(++sequence, World.START, new TreeMap<>(Map.of("uptime_s", 1L))).encode();
        return Verdict.decode(subscriber
                        .answer(working.ueid, DeviceResource.TELEMETRY, telemetry)
                        .orElseThrow())
                .mail();
    }

    @Test
    void tellsADeviceWhatIsEnteredForItBeforeWhatIsEnteredForAll() throws Exception {
        subscriber.activateAll(terms("all"));
        subscriber.activate(machine.ueid, terms("own"));
        subscriber.activateAll(terms("all.again"));

        assertThat(ask(machine, 0).orElseThrow().terms()).contains(terms("own"));
        assertThat(ask(other, 0).orElseThrow().terms()).contains(terms("all.again"));
        assertThat(subscriber.activation(machine.ueid).own()).isTrue();
        assertThat(subscriber.activation(other.ueid).own()).isFalse();
    }

    @Test
    void numbersUpwardWhateverIsEnteredForWhom() throws Exception {
        subscriber.activateAll(terms("all"));
        long first = ask(machine, 0).orElseThrow().number();
        subscriber.activate(machine.ueid, terms("own"));
        long second = ask(machine, first).orElseThrow().number();
        subscriber.activate(machine.ueid, terms("own.again"));
        long third = ask(machine, second).orElseThrow().number();
        assertThat(first).isLessThan(second);
        assertThat(second).isLessThan(third);
    }

    @Test
    void saysNothingToADeviceThatHasIt() throws Exception {
        assertThat(ask(machine, 0)).isEmpty();
        subscriber.activate(machine.ueid, terms("own"));
        long number = ask(machine, 0).orElseThrow().number();
        assertThat(ask(machine, 0)).as("its answer was lost").isPresent();
        assertThat(ask(machine, number)).isEmpty();
        assertThat(subscriber.activation(machine.ueid).held()).isEqualTo(number);
    }

    @Test
    void announcesWhatIsNewWithTelemetryUntilTheDeviceHasIt() throws Exception {
        assertThat(announced(machine)).isFalse();
        subscriber.activateAll(terms("all"));
        assertThat(announced(machine)).isTrue();
        assertThat(announced(machine)).isTrue();
        long number = ask(machine, 0).orElseThrow().number();
        assertThat(announced(machine)).as("its answer was lost").isTrue();
        ask(machine, number);
        assertThat(announced(machine)).isFalse();
        assertThat(announced(other)).isTrue();
    }

    @Test
    void announcesNoMoreWhatADeviceDidNotTakeHoweverOftenItWasTold() throws Exception {
        subscriber.activateAll(terms("all"));
        for (int told = 0; told < Activations.TOLD_MAX; told++) {
            assertThat(announced(machine)).isTrue();
            ask(machine, 0);
        }
        assertThat(announced(machine)).isFalse();
        subscriber.activateAll(terms("next"));
        assertThat(announced(machine)).isTrue();
    }

    @Test
    void knowsItAllAfterARestart() throws Exception {
        subscriber.activate(machine.ueid, terms("own"));
        long number = ask(machine, 0).orElseThrow().number();
        ask(machine, number);
        subscriber.close();
        subscriber = new SubscriberRole(context, peers, SETTINGS).start();

        assertThat(subscriber.activation(machine.ueid).held()).isEqualTo(number);
        assertThat(subscriber.activation(machine.ueid).terms()).contains(terms("own"));
        assertThat(announced(machine)).isFalse();
        subscriber.activate(machine.ueid, terms("next"));
        assertThat(ask(machine, number).orElseThrow().number()).isGreaterThan(number);
    }

    @Test
    void refusesWhoWasNotBoughtAndWhatIsOutOfItsTime() throws Exception {
        Machine stranger = new Machine(world.random);
        assertRefused(ResultCode.UNKNOWN_DEVICE, () -> subscriber.activate(stranger.ueid, terms("own")));
        assertRefused(ResultCode.UNKNOWN_DEVICE, () -> subscriber.activation(stranger.ueid));
        assertRefused(ResultCode.UNKNOWN_DEVICE, () -> ask(stranger, 0));
        assertRefused(ResultCode.NOT_FOUND, () -> subscriber.activation(machine.ueid));
        assertRefused(
                ResultCode.MALFORMED,
                () -> subscriber.answer(
                        machine.ueid,
                        DeviceResource.ACTIVATION,
                        Opaque.hex("a0").bytes()));
        world.clock.advance(Duration.ofDays(4000));
        Refused expired = assertRefused(ResultCode.MALFORMED, () -> subscriber.activateAll(terms("all")));
        assertThat(expired.detail()).startsWith("application: its anchor is good from ");
    }

    private static Refused assertRefused(ResultCode code, ThrowingCallable asking) {
        Refused refused = catchThrowableOfType(Refused.class, asking);
        assertThat(refused.code()).isEqualTo(code);
        return refused;
    }
}
