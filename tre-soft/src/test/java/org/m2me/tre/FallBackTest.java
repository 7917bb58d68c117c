// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.tre;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.m2me.protocol.aka.AkaKey;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Procedure;

/** The way back from a subscription that does not work. */
class FallBackTest extends ChangeFixture {
    @Test
    void fallsBackToTheKeptSubscriptionAndThenToThePcid() throws Exception {
        TestChange add = change(1, Procedure.ADD, network.other);
        add.run(environment);
        environment.order(device.ownersOrder(2, Procedure.SWITCH, network.other));
        environment.completeChange();
        assertThat(environment.fallBack()).hasValueSatisfying(it -> {
            assertThat(it.operator()).isEqualTo("262-01");
            assertThat(it.confirmed()).isFalse();
        });
        assertThat(add.report(environment).code()).isEqualTo(ResultCode.AUTHENTICATION_FAILED);
        assertThat(TestChange.answer(environment).code()).isEqualTo(ResultCode.AUTHENTICATION_FAILED);
        TestChange.assertSound(environment, network.pcidKey, List.of(old, add.key));
        restart();
        assertThat(environment.fallBack()).isEmpty();
        assertThat(environment.fallBack()).isEmpty();
        assertThat(add.report(environment).registration()).isEqualTo(oldRegistration);
        assertThat(TestChange.works(environment.usim(), network.pcidKey)).isTrue();
        environment.order(device.ownersOrder(3, Procedure.SWITCH, network.home)); // it has worked once: it is kept
        environment.completeChange();
        assertThat(TestChange.works(environment.usim(), old)).isTrue();
    }

    @Test
    void fallsBackToThePcidWhenNothingElseIsOnBoardAndStartsAnew() throws Exception {
        TestChange change = change(1, Procedure.CHANGE, network.other);
        change.run(environment);
        assertThat(environment.fallBack()).isEmpty();
        assertThat(TestChange.works(environment.usim(), network.pcidKey)).isTrue();
        AkaKey next = TestNetwork.freshKey();
        Nonce registration = TestNetwork.register(environment, network.third);
        environment.install(device.envelope(network.third, registration, next));
        TestChange.assertSound(environment, network.pcidKey, List.of(old, change.key, next));
    }

    @Test
    void looksWithThePcidUntilItIsToldOtherwiseOrStartedAgain() throws Exception {
        environment.lookWithPcid(true);
        assertThat(TestNetwork.imsi(environment.usim())).isEqualTo(TestNetwork.PCID);
        assertThat(TestChange.works(environment.usim(), network.pcidKey)).isTrue();
        assertThat(operator()).isEqualTo("262-01");
        environment.lookWithPcid(false);
        assertThat(TestChange.works(environment.usim(), old)).isTrue();
        environment.lookWithPcid(true);
        restart();
        assertThat(TestChange.works(environment.usim(), old)).isTrue();
        environment.lookWithPcid(true);
        TestChange change = change(1, Procedure.CHANGE, network.other);
        change.run(environment);
        assertThat(TestChange.works(environment.usim(), change.key)).isTrue();
    }
}
