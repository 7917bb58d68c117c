// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.tre;

import static org.assertj.core.api.Assertions.assertThat;
import static org.m2me.tre.TestNetwork.HEX;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.m2me.hal.SmartCard;
import org.m2me.protocol.aka.AkaKey;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.step.Procedure;

/** All that a reader gets out of the card, with two subscriptions on board: of the one that is not active, nothing. */
class CardSecrecyTest extends ChangeFixture {
    private static final String SELECT_USIM = "00a4040c07a0000000871002";
    private static final String OK = "9000";
    private static final String WRONG_STRUCTURE = "6981";
    private static final String OTHER_LENGTH = "6c";
    private static final String MORE = "61";
    private static final int SFI_MAX = 30;
    private static final int RECORDS_MAX = 255;
    /** EF.LOCI; a modem writes the network there that it was on. */
    private static final String SELECT_LOCI = "00a4080c047fff6f7e";

    @Test
    void showsNothingOfASubscriptionThatIsStaged() throws Exception {
        TestChange change = change(1, Procedure.CHANGE, network.other);
        environment.order(change.order);
        environment.stage(change.envelope(environment));

        assertThat(operator()).isEqualTo("262-01");
        assertShows(network.home.plmn(), old, network.other.plmn(), change.key);
    }

    @Test
    void showsNothingOfTheSubscriptionThatIsKeptBeforeAndAfterTheSwitch() throws Exception {
        TestChange add = change(1, Procedure.ADD, network.other);
        add.run(environment);
        assertThat(operator()).isEqualTo("262-01");
        assertShows(network.home.plmn(), old, network.other.plmn(), add.key);
        TestNetwork.send(environment.usim(), SELECT_USIM);
        TestNetwork.send(environment.usim(), SELECT_LOCI);
        String location = "ffffffff" + packed(network.home.plmn()) + "0001ff00";
        assertThat(TestNetwork.send(environment.usim(), "00d600000b" + location))
                .isEqualTo(OK);
        assertThat(everything(environment.usim())).contains(location);

        environment.order(device.ownersOrder(2, Procedure.SWITCH, network.other));
        environment.completeChange();
        assertThat(operator()).isEqualTo("208-15");
        assertShows(network.other.plmn(), add.key, network.home.plmn(), old);
    }

    private void assertShows(Plmn active, AkaKey used, Plmn hidden, AkaKey other) {
        String shown = everything(environment.usim());
        assertThat(shown).contains(imsi(active), swapped(TestDevice.Order.iccid(active)));
        for (AkaKey key : List.of(used, other, network.pcidKey)) {
            assertThat(shown).doesNotContain(hex(key.k()), hex(key.opc()));
        }
        assertThat(shown)
                .doesNotContain(
                        imsi(hidden),
                        swapped(TestDevice.Order.iccid(hidden)),
                        packed(hidden),
                        ascii(TestDevice.Order.imsi(hidden)),
                        ascii(TestDevice.Order.iccid(hidden)),
                        ascii(TestDevice.Order.apn(hidden)),
                        ascii(hidden.toString()),
                        ascii(hidden.mcc() + hidden.mnc()));
        assertThat(TestChange.works(environment.usim(), other)).isFalse();
        assertThat(TestChange.works(environment.usim(), used)).isTrue();
    }

    /** Every answer to every command that reads, of each file identifier there can be, and each short one, in hex. */
    private static String everything(SmartCard card) {
        List<String> answers = new ArrayList<>(List.of(HEX.formatHex(card.atr())));
        card.reset();
        answers.add(read(card, "80f2000000"));
        readShort(card, answers);
        Set<String> files = new HashSet<>();
        for (String directory : List.of("", "7fff")) {
            TestNetwork.send(card, SELECT_USIM);
            answers.add(read(card, "80f2000100"));
            for (int fid = 0; fid <= 0xFFFF; fid++) {
                String path = directory + String.format(Locale.ROOT, "%04x", fid);
                String selected = read(card, "00a40804" + String.format(Locale.ROOT, "%02x", path.length() / 2) + path);
                if (selected.endsWith(OK)) {
                    files.add(path);
                    answers.add(selected);
                    readSelected(card, answers);
                }
            }
        }
        assertThat(files).contains("2fe2", "7fff6f07", "7fff6f7e").hasSizeGreaterThan(17);
        TestNetwork.send(card, SELECT_USIM);
        readShort(card, answers);
        return String.join("\n", answers);
    }

    private static void readSelected(SmartCard card, List<String> answers) {
        String content = read(card, "00b0000000");
        answers.add(content);
        for (int record = 1; content.endsWith(WRONG_STRUCTURE) && record <= RECORDS_MAX; record++) {
            String answer = read(card, String.format(Locale.ROOT, "00b2%02x0400", record));
            answers.add(answer);
            if (!answer.endsWith(OK)) {
                return;
            }
        }
    }

    private static void readShort(SmartCard card, List<String> answers) {
        for (int sfi = 1; sfi <= SFI_MAX; sfi++) {
            answers.add(read(card, String.format(Locale.ROOT, "00b0%02x0000", 0x80 | sfi)));
            answers.add(read(card, String.format(Locale.ROOT, "00b201%02x00", sfi << 3 | 4)));
        }
    }

    /** The answer that a T=0 reader comes to. */
    private static String read(SmartCard card, String command) {
        String answer = TestNetwork.send(card, command);
        if (answer.startsWith(OTHER_LENGTH)) {
            return TestNetwork.send(card, command.substring(0, command.length() - 2) + answer.substring(2));
        }
        return answer.startsWith(MORE) ? TestNetwork.send(card, "00c00000" + answer.substring(2)) : answer;
    }

    /** EF.IMSI (TS 31.102 4.2.2): parity and the first digit, then pairs, the lower first. */
    private static String imsi(Plmn operator) {
        return swapped("9" + TestDevice.Order.imsi(operator));
    }

    /** TS 24.008 10.5.1.3. */
    private static String packed(Plmn operator) {
        String mnc = operator.mnc();
        return swapped(operator.mcc() + (mnc.length() == 2 ? "f" : mnc.substring(2)) + mnc.substring(0, 2));
    }

    private static String swapped(String digits) {
        String even = digits.length() % 2 == 0 ? digits : digits + "f";
        StringBuilder pairs = new StringBuilder();
        for (int i = 0; i < even.length(); i += 2) {
            pairs.append(even.charAt(i + 1)).append(even.charAt(i));
        }
        return pairs.toString();
    }

    private static String ascii(String text) {
        return HEX.formatHex(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static String hex(SecretBytes secret) {
        return secret.use(HEX::formatHex);
    }
}
