// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.sho.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.m2me.protocol.aka.AkaAlgorithm;
import org.m2me.protocol.aka.AkaConstants;
import org.m2me.protocol.aka.SqnParameters;
import org.m2me.protocol.identity.Imsi;

final class ProfileCsvTest {
    private static final String COLUMNS = "imsi,iccid,algorithm,k,opc\n";
    private static final String GOOD =
            "001010123456789,89000123456789012341,milenage," + TestPackage.K + "," + TestPackage.OPC;

    private final List<Subscription> accepted = new ArrayList<>();
    private final List<String> refused = new ArrayList<>();

    private final ProfileCsv.Sink<RuntimeException> sink = new ProfileCsv.Sink<>() {
        @Override
        public void accept(Subscription subscription) {
            accepted.add(new Subscription(
                    subscription.imsi(),
                    subscription.iccid(),
                    subscription.key().copy(),
                    subscription.sqn()));
        }

        @Override
        public void refuse(int line, Finding finding) {
            refused.add(line + " " + finding.field());
            assertThat(finding.toString()).doesNotContain(TestPackage.K).doesNotContain(TestPackage.OPC);
        }
    };

    @Test
    void readsALineForEachSubscription() throws Exception {
        read(false, "# made by hand\n\n" + COLUMNS + "\r\n" + GOOD + "\r\n  # and no more\n");

        assertThat(refused).isEmpty();
        assertThat(accepted).hasSize(1);
        Subscription one = accepted.get(0);
        assertThat(one.imsi()).isEqualTo(new Imsi("001010123456789"));
        assertThat(one.iccid()).isEqualTo("89000123456789012341");
        assertThat(one.key().algorithm()).isEqualTo(AkaAlgorithm.MILENAGE);
        assertThat(one.key().k().sameAs(HexFormat.of().parseHex(TestPackage.K))).isTrue();
        assertThat(one.sqn().parameters()).isEqualTo(SqnParameters.DEFAULT);
    }

    @Test
    void readsConstantsAndSequenceNumbersFromColumnsOfTheirOwn() throws Exception {
        String c = "00112233445566778899aabbccddeeff".repeat(5);
        read(
                false,
                "k,opc,imsi,iccid,algorithm,r,c,res,iterations,ind_bits,delta,age_limit,seq\n"
                        + TestPackage.K + "," + TestPackage.OPC
                        + ",001010123456789,8900012345678901234,milenage,0102030405," + c + ",,,5,1000,10,77\n"
                        + TestPackage.K + "," + "ab".repeat(32)
                        + ",001010123456780,8900012345678901235,TUAK,,,16,3,,,,\n");

        assertThat(refused).isEmpty();
        Subscription milenage = accepted.get(0);
        assertThat(milenage.key().constants())
                .isEqualTo(AkaConstants.milenage(
                        new byte[] {1, 2, 3, 4, 5}, HexFormat.of().parseHex(c)));
        assertThat(milenage.sqn().parameters()).isEqualTo(new SqnParameters(5, 1000, 10));
        assertThat(milenage.sqn().values()).hasSize(32).containsOnly(77);
        assertThat(accepted.get(1).key().constants()).isEqualTo(AkaConstants.tuak(16, 3));
    }

    @Test
    void refusesALineByItsNumberAndTakesTheOthers() throws Exception {
        read(false, COLUMNS + "1,2\n" + GOOD + "\n" + GOOD.replace("milenage", "xor") + "\n");

        assertThat(accepted).hasSize(1);
        assertThat(refused).containsExactly("2 line", "4 algorithm");
    }

    @Test
    void takesTheTestAlgorithmWhenItIsAskedFor() throws Exception {
        read(true, COLUMNS + GOOD.replace("milenage", "xor"));

        assertThat(accepted.get(0).key().algorithm()).isEqualTo(AkaAlgorithm.XOR);
    }

    @ParameterizedTest
    @CsvSource({
        "001010123456789, 1, imsi",
        "89000123456789012341, 89, iccid",
        "milenage, comp128, algorithm",
        "465b5ce8b199b49faa5f0a2ee238a6bc, 465b5ce8b199b49faa5f0a2ee238a6, key",
        "465b5ce8b199b49faa5f0a2ee238a6bc, 465b5ce8b199b49faa5f0a2ee238a6b, k",
        "465b5ce8b199b49faa5f0a2ee238a6bc, 465b5ce8b199b49faa5f0a2ee238a6bx, k",
        "465b5ce8b199b49faa5f0a2ee238a6bc, '', k"
    })
    void namesTheColumnThatIsWrong(String right, String wrong, String column) throws Exception {
        read(false, COLUMNS + GOOD.replace(right, wrong));

        assertThat(accepted).isEmpty();
        assertThat(refused).containsExactly("2 " + column);
    }

    @ParameterizedTest
    @CsvSource({
        "res, 8",
        "r, 0102030405x",
        "delta, -1",
        "ind_bits, 9",
        "delta, 99999999999999999999",
        "seq, 8796093022207"
    })
    void refusesWhatDoesNotApplyOrIsOutOfRange(String column, String value) throws Exception {
        read(false, COLUMNS.strip() + "," + column + "\n" + GOOD + "," + value);

        assertThat(accepted).isEmpty();
        assertThat(refused).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "# nothing", "imsi,iccid,algorithm,k\n", "imsi,iccid,algorithm,k,opc,pin\n", "k,k\n"})
    void refusesAFileWhoseColumnsItDoesNotKnow(String file) {
        assertThatThrownBy(() -> read(false, file)).isInstanceOf(ProfileRefused.class);
    }

    @Test
    void refusesAFileThatIsTooLong() {
        assertThatThrownBy(() -> read(false, "\n".repeat(ProfileCsv.LINES_MAX + 1)))
                .isInstanceOf(ProfileRefused.class)
                .hasMessageContaining("lines");
        byte[] large = new byte[ProfileCsv.SIZE_MAX + 1];
        assertThatThrownBy(() -> ProfileCsv.of(large, new Algorithms(false)))
                .isInstanceOf(ProfileRefused.class)
                .hasMessageContaining("bytes");
    }

    private void read(boolean test, String file) throws ProfileRefused {
        ProfileCsv.of(file.getBytes(StandardCharsets.UTF_8), new Algorithms(test))
                .read(sink);
    }
}
