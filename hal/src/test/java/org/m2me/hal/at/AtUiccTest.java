// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal.at;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.m2me.hal.ModemException;
import org.m2me.hal.UiccChannel;

/** What a modem and the card in it may say, and what it may not. */
class AtUiccTest {
    private static final byte[] AID = {(byte) 0xa0, 0, 0, 0, (byte) 0x87};

    private static AtEngine engine(Function<String, String> answers) throws Exception {
        return new AtEngine(
                new ReplayedModem(1, answers),
                AtTranscriptTest.QUICK,
                System::nanoTime,
                new AtLog(line -> {}, System::nanoTime));
    }

    @ParameterizedTest
    @ValueSource(strings = {"+CCHO: \u00d1", "+CCHO: 1;+CFUN=0", "+CCHO: \"\"", "+CCHO: 1,2"})
    void typesNothingBackThatIsNoChannel(String said) throws Exception {
        try (AtEngine engine = engine(line -> "\r\n" + said + "\r\n\r\nOK\r\n")) {
            assertThatThrownBy(() -> AtUicc.open(engine, AID))
                    .isInstanceOf(ModemException.class)
                    .hasMessageContaining("names no channel");
        }
    }

    @Test
    void givesUpACardWhoseAnswerNeverEnds() throws Exception {
        String more = "\r\n+CGLA: 516,\"" + "00".repeat(256) + "61FF\"\r\n\r\nOK\r\n";
        try (AtEngine engine = engine(line -> line.startsWith("AT+CCHO") ? "\r\n+CCHO: 1\r\n\r\nOK\r\n" : more)) {
            UiccChannel channel = AtUicc.open(engine, AID);
            assertThatThrownBy(() -> channel.transmit(new byte[] {0, (byte) 0xb0, 0, 0, 0}))
                    .isInstanceOf(ModemException.class)
                    .hasMessageContaining("longer than");
        }
    }
}
