// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.tre.usim;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.provider.MethodSource;

/** A reader sends any bytes: the card answers each command with a status, and none of them upsets it. */
@Timeout(10)
class SoftUsimFuzzTest {
    private static final HexFormat HEX = HexFormat.of();
    private static final int ANSWER_MAX = 258;

    /** Conversations: each command after its length. */
    static Stream<byte[]> seeds() {
        return Stream.of(
                commands("00a40004023f00", "00c000000a", "00a40804042f052fe2", "00b000000a"),
                commands(
                        "00a4040410a0000000871002ffffffff8903050001",
                        "00c0000020",
                        "00a40004026f07",
                        "00b0000009",
                        "00b2010426",
                        "80f2000000"),
                commands(
                        "00a4040c07a0000000871002",
                        "00880081" + "22" + "10" + "07".repeat(16) + "10" + "00".repeat(16)),
                commands("00a4040c07a0000000871002", "00880080" + "11" + "10" + "07".repeat(16), "00c000000e"),
                commands("0070000001", "01a4040c07a0000000871002", "01b0870000", "0070800100", "0020000100"),
                commands("801000000401020304", "00a4080c047fff6f7e", "00d600000bffffffff00f110000000ff", "00b000000b"));
    }

    private static byte[] commands(String... hex) {
        StringBuilder all = new StringBuilder();
        for (String command : hex) {
            all.append(HEX.toHexDigits((byte) (command.length() / 2))).append(command);
        }
        return HEX.parseHex(all);
    }

    @MethodSource("seeds")
    @FuzzTest
    void transmit(byte[] input) {
        try (SoftUsim card = new SoftUsim(new TestSubscriber())) {
            int from = 0;
            while (from < input.length) {
                int to = Math.min(input.length, from + 1 + (input[from] & 0xff));
                checkAnswer(card.transmit(Arrays.copyOfRange(input, from + 1, to)));
                from = to;
            }
            assertThat(card.transmit(HEX.parseHex("00a4000c023f00"))).containsExactly(0x90, 0x00);
        }
    }

    private static void checkAnswer(byte[] answer) {
        assertThat(answer).hasSizeBetween(2, ANSWER_MAX);
        int status = (answer[answer.length - 2] & 0xff) << 8 | (answer[answer.length - 1] & 0xff);
        assertThat(status).isNotEqualTo(StatusWord.TECHNICAL_PROBLEM);
    }
}
