// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.tre.usim;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.m2me.protocol.aka.AkaFunctions;
import org.m2me.protocol.aka.AuthenticationVector;
import org.m2me.protocol.aka.Quintets;
import org.m2me.protocol.aka.UsimAuthentication;

class SoftUsimTest {
    private static final HexFormat HEX = HexFormat.of().withUpperCase();
    private static final String AID = "A0000000871002FFFFFFFF8903050001";
    private static final String SELECT_USIM = "00A4040410" + AID;
    private static final int AMF = 0x8000;

    private final TestSubscriber subscriber = new TestSubscriber();
    private final SoftUsim card = new SoftUsim(subscriber);
    private long sqn = 32;

    private String send(String command) {
        return HEX.formatHex(card.transmit(HEX.parseHex(command)));
    }

    /** Sends a command that brings data, and fetches the answer as a T=0 reader does. */
    private String exchange(String command) {
        String answer = send(command);
        assertThat(answer).startsWith("61").hasSize(4);
        return send(command.substring(0, 2) + "C00000" + answer.substring(2));
    }

    private AuthenticationVector nextVector() {
        sqn += 32;
        return Quintets.generate(TestSubscriber.KEY.functions(), sqn, AMF, new SecureRandom());
    }

    private static String authenticate(AuthenticationVector vector) {
        return "0088008122" + "10" + HEX.formatHex(vector.rand()) + "10" + HEX.formatHex(vector.autn());
    }

    private static String expected(AuthenticationVector vector) {
        return "DB08" + vector.xres().use(HEX::formatHex)
                + "10" + vector.ck().use(HEX::formatHex)
                + "10" + vector.ik().use(HEX::formatHex) + "9000";
    }

    // All that wpa_supplicant 2.10 sends to a card for EAP-AKA, in its order.
    @Test
    void servesTheWholeConversationOfWpaSupplicant() {
        assertThat(exchange("00A40004023F00")).startsWith("62").contains("8202782183023F00");
        assertThat(exchange("00A40004022F00")).contains("8205422100260183022F00");
        assertThat(send("00B20104FF")).isEqualTo("6C26");
        assertThat(send("00B2010426"))
                .startsWith("61184F10" + AID)
                .hasSize(2 * 0x26 + 4)
                .endsWith("9000");
        assertThat(exchange(SELECT_USIM)).contains("8410" + AID).contains("C606900100830101");
        assertThat(exchange("00A40004026F07")).contains("80020009");
        assertThat(send("00B0000009")).isEqualTo("0809101010325476989000"); // 001010123456789
        assertThat(exchange("00A40004026FAD")).contains("80020004");
        assertThat(send("00B0000004")).isEqualTo("000000029000");
        AuthenticationVector vector = nextVector();
        assertThat(send(authenticate(vector))).isEqualTo("612C");
        assertThat(send("00C000002C")).isEqualTo(expected(vector));
    }

    @Test
    void answersAUsedSqnWithAutsFromWhichTheNetworkGoesOn() {
        AuthenticationVector vector = nextVector();
        exchange(SELECT_USIM);
        exchange(authenticate(vector));
        assertThat(send(authenticate(vector))).isEqualTo("6110");
        String auts = send("00C0000010");
        assertThat(auts).startsWith("DC0E").endsWith("9000");
        OptionalLong sqnMs = Quintets.resynchronise(
                TestSubscriber.KEY.functions(), vector.rand(), HEX.parseHex(auts.substring(4, 32)));
        assertThat(sqnMs).hasValue(sqn);
        AuthenticationVector next = nextVector();
        assertThat(exchange(authenticate(next))).isEqualTo(expected(next));
    }

    @Test
    void answersAWrongMacWith9862AndTakesTheRightOneAfterIt() {
        AuthenticationVector vector = nextVector();
        exchange(SELECT_USIM);
        String right = authenticate(vector);
        assertThat(send(right.substring(0, right.length() - 2) + (right.endsWith("00") ? "01" : "00")))
                .isEqualTo("9862");
        assertThat(exchange(right)).isEqualTo(expected(vector));
    }

    @Test
    void givesNothingAwayWhenTheSqnCannotBeStored() {
        exchange(SELECT_USIM);
        subscriber.fillTheDisk();
        assertThat(send(authenticate(nextVector()))).isEqualTo("6581");
        assertThat(send("00C000002C")).isEqualTo("6985");
    }

    // RAND of TS 35.208 4.3.1; SRES and Kc by c2 and c3 of TS 33.102 6.8.1.2 from its f2, f3 and f4.
    @Test
    void answersInTheGsmContext() {
        exchange(SELECT_USIM);
        assertThat(send("008800801110" + "23553CBE9637A89D218AE64DAE47BF35")).isEqualTo("610E");
        assertThat(send("00C000000E")).isEqualTo("04" + "46F8416A" + "08" + "EAE4BE823AF9A08B" + "9000");
    }

    @Test
    void authenticatesOnlyWhereTheUsimIsSelected() {
        String command = authenticate(nextVector());
        assertThat(send(command)).isEqualTo("6985");
        exchange(SELECT_USIM);
        exchange("00A40004023F00");
        assertThat(send(command)).isEqualTo("6985");
    }

    @ParameterizedTest
    @CsvSource({
        "3F002F00, 8205422100260183022F00",
        "3F002FE2, 8202412183022FE28A01058B032F06018002000A880110",
        "3F002F05, 80020002880128",
        "3F002F06, 82054221000A0283022F06",
        "7FFF6F07, 80020009880138",
        "7FFF6FAD, 80020004880118",
        "7FFF6F38, 80020005880120",
        "7FFF6F78, 80020002880130",
        "7FFF6F08, 8B032F060280020021880140",
        "7FFF6F09, 8B032F060280020021880148",
        "7FFF6F31, 80020001880190",
        "7FFF6F7B, 8B032F06028002000C880168",
        "7FFF6F7E, 8B032F06028002000B880158",
        "7FFF6F73, 8B032F06028002000E880160",
        "7FFF6F5B, 80020006880178",
        "7FFF6F5C, 80020003880180",
        "7FFF6F56, 80020001880128"
    })
    void hasTheFilesThatAModemWants(String path, String inFcp) {
        exchange(SELECT_USIM);
        assertThat(exchange("00A4080404" + path)).contains(inFcp).endsWith("9000");
    }

    @Test
    void storesDigitsLowOneFirst() {
        exchange("00A40004022FE2");
        assertThat(send("00B000000A")).isEqualTo("988812010000000010F79000");
        subscriber.become(new UsimApplication.Subscriber("26201000000001", "89490100000000000018", 3));
        exchange(SELECT_USIM);
        exchange("00A40004026F07");
        assertThat(send("00B0000009")).isEqualTo("0821261000000000F1" + "9000");
    }

    @Test
    void keepsWhatAModemWritesUntilTheSubscriptionChanges() {
        String keys = "03" + "C1".repeat(16) + "1C".repeat(16);
        exchange(SELECT_USIM);
        exchange("00A40004026F08");
        assertThat(send("00D6000021" + keys)).isEqualTo("9000");
        card.reset();
        exchange(SELECT_USIM);
        exchange("00A40004026F08");
        assertThat(send("00B0000021")).isEqualTo(keys + "9000");
        subscriber.become(new UsimApplication.Subscriber("262010000000017", "8949010000000000018", 2));
        assertThat(send("00B0000021")).isEqualTo("07" + "FF".repeat(32) + "9000");
    }

    @ParameterizedTest
    @CsvSource({
        "EF.LOCI, 6F7E, 00D600000B0102030405060708090A0B",
        "EF.PSLOCI, 6F73, 00D600000E0102030405060708090A0B0C0D0E",
        "EF.FPLMN part, 6F7B, 00D600030362F220",
        "EF.Keys, 6F08, 00D600000105",
        "EF.KeysPS by short identifier, 6F7E, 00D689000105"
    })
    void letsAModemUpdate(String name, String fid, String command) {
        exchange(SELECT_USIM);
        exchange("00A4000402" + fid);
        assertThat(send(command)).as(name).isEqualTo("9000");
    }

    @ParameterizedTest
    @CsvSource({
        "no such file, 00A40004021234, 6A82",
        "file of another directory, 00A40004022FE2, 6A82",
        "unknown application, 00A4040407A0000000871004, 6A82",
        "path that ends nowhere, 00A40804047FFF1234, 6A82",
        "path through a file, 00A40804066F076F076F07, 6A82",
        "path of odd length, 00A40804037FFF6F, 6A82",
        "unknown P2 of SELECT, 00A40003026F07, 6A86",
        "binary of a directory, 00B0000001, 6986",
        "record of a directory, 00B2010401, 6986",
        "binary by an unknown short identifier, 00B09F0001, 6A82",
        "record by an unknown short identifier, 00B201FC01, 6A82",
        "binary behind the end, 00B0870901, 6B00",
        "update of the IMSI, 00D68700010A, 6982",
        "update behind the end, 00D68B0A020000, 6B00",
        "update with nothing, 00D68B0000, 6700",
        "AUTHENTICATE of an unknown context, 0088008211100123456789ABCDEF0123456789ABCDEF, 6A86",
        "AUTHENTICATE cut short, 00880081041001, 6700",
        "AUTHENTICATE with wrong inner length, 0088008011110123456789ABCDEF0123456789ABCDEF, 6A80",
        "secure messaging, 04A40004023F00, 6882",
        "channel that is not open, 01A40004023F00, 6881",
        "class of GSM, A0A40000023F00, 6E00",
        "class of another command, 00F2000000, 6E00",
        "FETCH, 8012000010, 6D00",
        "unknown instruction, 00FE000000, 6D00",
        "nothing to fetch, 00C0000010, 6985",
        "lengths that do not fit, 00A40004053F00, 6700",
        "extended length, 00A4000400000002, 6700",
        "half a header, 00A400, 6700",
        "nothing, '', 6700"
    })
    void answersAFaultWithItsStatusWord(String fault, String command, String status) {
        exchange(SELECT_USIM);
        assertThat(send(command)).as(fault).isEqualTo(status);
    }

    @Test
    void leavesTheSelectionAloneWhenASelectFails() {
        exchange(SELECT_USIM);
        exchange("00A40004026F07");
        assertThat(send("00A40804047FFF1234")).isEqualTo("6A82");
        assertThat(send("00B0000009")).endsWith("9000");
    }

    @Test
    void readsRecordsByNumberAndOneAfterTheOther() {
        exchange("00A40004022F06");
        assertThat(send("00B201040A")).isEqualTo("80010190008001029700" + "9000");
        assertThat(send("00B2020400")).isEqualTo("6C0A");
        assertThat(send("00B203040A")).isEqualTo("6A83");
        String first = send("00B201040A");
        assertThat(send("00B200020A")).isEqualTo(first);
        assertThat(send("00B200020A")).isNotEqualTo(first).endsWith("9000");
        assertThat(send("00B200020A")).isEqualTo("6A83");
        assertThat(send("00B200030A")).isEqualTo(first);
        assertThat(send("00B201F426")).startsWith("6118"); // EF.DIR by its short identifier
        assertThat(send("00B0000001")).isEqualTo("6981");
    }

    @Test
    void fetchesALongAnswerInPartsAndCorrectsTheLength() {
        assertThat(send("00A40004023F00")).matches("61..");
        String length = send("00C0000000").substring(2);
        assertThat(send("00C00000FF")).isEqualTo("6C" + length);
        assertThat(send("00C0000002")).matches("62..61..");
        int left = Integer.parseInt(length, 16) - 2;
        assertThat(send(String.format(Locale.ROOT, "00C00000%02X", left)))
                .hasSize(2 * left + 4)
                .endsWith("9000");
    }

    @Test
    void forgetsAnAnswerThatWasNotFetched() {
        exchange(SELECT_USIM);
        send(authenticate(nextVector()));
        send("00A4000C023F00");
        assertThat(send("00C000002C")).isEqualTo("6985");
    }

    @Test
    void opensThreeChannelsThatSelectEachForItself() {
        assertThat(send("0070000001")).isEqualTo("019000");
        assertThat(send("0070000000")).isEqualTo("6C01");
        assertThat(send("01A4040410" + AID)).startsWith("61");
        assertThat(exchange("01A40004026F07")).contains("83026F07");
        assertThat(send("01B0000009")).endsWith("9000");
        assertThat(send("00B0000009")).isEqualTo("6986"); // the basic channel is at the MF
        assertThat(send("0170000001")).isEqualTo("029000"); // starts where channel 1 is
        assertThat(exchange("02A40004026FAD")).contains("83026FAD");
        assertThat(send("0070000001")).isEqualTo("039000");
        assertThat(send("0070000001")).isEqualTo("6A81");
        assertThat(send("00708002")).isEqualTo("9000");
        assertThat(send("02B0000004")).isEqualTo("6881");
        assertThat(send("00708002")).isEqualTo("6A86");
        assertThat(send("00708000")).isEqualTo("6A86");
        assertThat(send("0070000001")).isEqualTo("029000");
    }

    @Test
    void authenticatesOnALogicalChannel() {
        send("0070000001");
        exchange("01A4040407A0000000871002");
        AuthenticationVector vector = nextVector();
        String command = "01" + authenticate(vector).substring(2) + "00"; // modems add Le
        assertThat(send(command)).isEqualTo("612C");
        assertThat(send("00C000002C")).isEqualTo("6985"); // waits on its own channel
        assertThat(send("01C000002C")).isEqualTo(expected(vector));
    }

    @Test
    void forgetsChannelsAndSelectionOnReset() {
        send("0070000001");
        exchange(SELECT_USIM);
        card.reset();
        assertThat(send("01A40004023F00")).isEqualTo("6881");
        assertThat(send(authenticate(nextVector()))).isEqualTo("6985");
    }

    @Test
    void tellsItsStatus() {
        assertThat(send("80F2000000")).matches("6C..");
        exchange(SELECT_USIM);
        String length = send("80F2000000").substring(2);
        assertThat(send("80F20000" + length)).startsWith("62").contains("8410" + AID);
        assertThat(send("80F2000112")).isEqualTo("8410" + AID + "9000");
        assertThat(send("80F2000C00")).isEqualTo("9000");
        assertThat(send("80F2000200")).isEqualTo("6A86");
    }

    @Test
    void asksForNoPin() {
        assertThat(send("0020000100")).isEqualTo("63C3");
        assertThat(send("002000010831323334FFFFFFFF")).isEqualTo("9000");
        assertThat(send("00200001043132333F")).isEqualTo("6700");
        assertThat(send("0020000200")).isEqualTo("6A86");
    }

    @Test
    void takesTheProfileOfATerminal() {
        assertThat(send("8010000003FFFFFF")).isEqualTo("9000");
    }

    @Test
    void hasAnAnswerToResetForTransportT0() {
        byte[] atr = card.atr();
        assertThat(atr[0]).isEqualTo((byte) 0x3B);
        assertThat(atr).hasSize(3 + (atr[1] & 0x0F));
    }

    @Test
    void neverThrowsWhateverAReaderSends() {
        Random random = new Random(1); // the same every time
        int[] instructions = {0xA4, 0xF2, 0xB0, 0xB2, 0xD6, 0x20, 0x88, 0x70, 0xC0, 0x10};
        for (int i = 0; i < 50_000; i++) {
            byte[] command = new byte[random.nextInt(300)];
            random.nextBytes(command);
            if (command.length > 5 && random.nextInt(4) > 0) {
                command[0] = (byte) (random.nextInt(4) | (random.nextBoolean() ? 0x80 : 0));
                command[1] = (byte) instructions[random.nextInt(instructions.length)];
                command[2] = (byte) (random.nextBoolean() ? 0 : random.nextInt(256));
                command[4] = (byte) (command.length - 5);
            }
            String answer = HEX.formatHex(card.transmit(command));
            assertThat(answer).hasSizeBetween(4, 2 * 258).doesNotEndWith("6F00");
        }
    }

    @Test
    void answersATechnicalProblemOnceItsTrustedEnvironmentIsGone() {
        SoftUsim orphan = new SoftUsim(new UsimApplication() {
            @Override
            public Subscriber subscriber() {
                throw new IllegalStateException("closed");
            }

            @Override
            public UsimAuthentication.Answer authenticate(byte[] rand, byte[] autn) {
                throw new IllegalStateException("closed");
            }

            @Override
            public AkaFunctions.F2345 respond(byte[] rand) {
                throw new IllegalStateException("closed");
            }
        });
        assertThat(HEX.formatHex(orphan.transmit(HEX.parseHex("00A40004023F00"))))
                .isEqualTo("6F00");
    }
}
