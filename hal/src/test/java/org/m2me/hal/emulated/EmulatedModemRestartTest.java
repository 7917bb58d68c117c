// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal.emulated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.m2me.hal.Bearer;
import org.m2me.hal.Modem;
import org.m2me.hal.ModemException;
import org.m2me.hal.Until;

/** What becomes of a modem that is off, hung or lost, and of a card that is another one. */
class EmulatedModemRestartTest extends EmulatedModemFixture {
    @Test
    void aRestartOfTheCardPicksUpTheNewSubscription() throws Exception {
        insert(card);
        modem.start(LIMIT);
        modem.register(LIMIT);

        card.becomes(IMSI);
        modem.restartCard(LIMIT);

        assertThat(modem.register(LIMIT)).isEqualTo(new Modem.Registration("26202", true));
        assertThat(radio.attached).endsWith("26202/" + IMSI + "/" + IMEI);
    }

    @Test
    void startsAgainAfterThePortWasLost() throws Exception {
        insert(card);
        modem.start(LIMIT);
        modem.register(LIMIT);
        Bearer bearer = modem.open("initial", LIMIT);

        emulated.dropHosts();

        assertThatThrownBy(() -> {
                    OptionalInt signal = modem.signal();
                    throw new AssertionError("still there: " + signal);
                })
                .isInstanceOf(ModemException.class)
                .hasMessageContaining("lost");
        assertThat(bearer.isUp()).isFalse();
        modem.start(LIMIT);
        assertThat(modem.register(LIMIT).plmn()).isEqualTo("90170");
    }

    @ParameterizedTest
    @ValueSource(strings = {"the same bearer", "another bearer", "the card"})
    void waitsForAModemThatIsHungNoLongerThanItsUserDoes(String wanted) throws Exception {
        insert(card);
        modem.start(LIMIT);
        modem.register(LIMIT);
        Bearer unused = modem.open("initial", LIMIT);
        emulated.getInto(Trouble.HUNG);
        Duration most = Duration.ofMillis(300);
        long begun = System.nanoTime();

        assertThatThrownBy(() -> {
                    if (wanted.equals("the card")) {
                        modem.restartCard(most);
                    } else {
                        Bearer opened = modem.open(wanted.equals("the same bearer") ? "initial" : "other", most);
                        throw new AssertionError("open: " + opened);
                    }
                })
                .isInstanceOf(ModemException.class);

        assertThat(Duration.ofNanos(System.nanoTime() - begun))
                .isGreaterThanOrEqualTo(most)
                .isLessThan(Duration.ofSeconds(9)); // one command alone may take 10 s
    }

    @Test
    void aModemThatIsOffSaysNothingUntilItsKeyIsPressed() throws Exception {
        insert(card);
        emulated.pressPowerKey();
        assertThat(emulated.isOn()).isFalse();
        assertThatThrownBy(() -> modem.start(Duration.ofMillis(100))).hasMessageContaining("did not answer");

        emulated.pressPowerKey();

        modem.start(LIMIT);
        assertThat(modem.register(LIMIT).plmn()).isEqualTo("90170");
    }

    @Test
    void readsItsCardAgainAfterAnotherOneWasPutIn() throws Exception {
        AutoCloseable inserted = insert(card);
        modem.start(LIMIT);
        modem.register(LIMIT);

        inserted.close();
        insert(new TestCard(IMSI, true));
        Until.holds("the other card was used", () -> radio.attached.stream().anyMatch(one -> one.contains(IMSI)));
        assertThat(modem.register(LIMIT)).isEqualTo(new Modem.Registration("26202", true));
    }
}
