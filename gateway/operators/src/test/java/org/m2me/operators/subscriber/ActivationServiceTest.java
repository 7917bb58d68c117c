// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.subscriber;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.m2me.operators.Machine;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.message.DeviceResource;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;

/** What the owner enters is what its devices are told, once, and nobody else's. */
final class ActivationServiceTest extends ActivationFixture {
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
        restart();

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
