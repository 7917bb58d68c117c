// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.sho.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.m2me.protocol.aka.AkaAlgorithm;
import org.m2me.protocol.aka.AkaConstants;
import org.m2me.protocol.aka.SqnArray;
import org.m2me.protocol.aka.SqnParameters;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.identity.Imsi;

final class ProfilePackageTest {
    private static final HexFormat HEX = HexFormat.of();
    private static final Algorithms REAL = new Algorithms(false);
    private static final Algorithms ALSO_FOR_TESTS = new Algorithms(true);
    private static final String ZERO_SEQ = "000000000000";

    static List<String> files() {
        return TestPackage.ALL;
    }

    @ParameterizedTest
    @MethodSource("files")
    void readsTheTestProfilesOfTheGsma(String file) throws Exception {
        ProfilePackage.Content content = ProfilePackage.read(TestPackage.bytes(file), ALSO_FOR_TESTS);

        try (Subscription subscription = content.subscription()) {
            assertThat(subscription.imsi()).isEqualTo(new Imsi("001010123456789"));
            assertThat(subscription.iccid()).isEqualTo("89000123456789012341");
            assertThat(subscription.key().algorithm()).isEqualTo(AkaAlgorithm.XOR);
            assertThat(subscription.key().constants()).isEqualTo(AkaConstants.STANDARD);
            assertThat(is(subscription.key().k(), "000102030405060708090a0b0c0d0e0f"))
                    .isTrue();
            assertThat(is(subscription.key().opc(), "00".repeat(16))).isTrue();
            assertThat(subscription.sqn()).isEqualTo(SqnArray.fresh(SqnParameters.DEFAULT));
        }
        assertThat(content.unused())
                .extracting(Finding::field)
                .contains("isim", "csim", "akaParameter", "cdmaParameter", "pinCodes (5)", "securityDomain");
    }

    @ParameterizedTest
    @MethodSource("files")
    void refusesTheTestAlgorithmByItsNameUnlessItIsAskedFor(String file) {
        assertThatThrownBy(() -> ProfilePackage.read(TestPackage.bytes(file), REAL))
                .isInstanceOf(ProfileRefused.class)
                .hasMessageContaining("algorithmID")
                .hasMessageContaining("usim-test-algorithm")
                .hasMessageContaining("XOR");
    }

    @Test
    void readsAPersonalisedProfileWithMilenage() throws Exception {
        byte[] der = TestPackage.milenage().der();
        System.arraycopy(HEX.parseHex("89490000000000000016"), 0, der, 44, 10);
        System.arraycopy(HEX.parseHex("98940000000000000061"), 0, der, 250, 10);
        System.arraycopy(HEX.parseHex("080910102143658759"), 0, der, 2694, 9);

        try (Subscription subscription = ProfilePackage.read(der, REAL).subscription()) {
            assertThat(subscription.imsi()).isEqualTo(new Imsi("001011234567895"));
            assertThat(subscription.iccid()).isEqualTo("89490000000000000016");
            assertThat(subscription.key().algorithm()).isEqualTo(AkaAlgorithm.MILENAGE);
            assertThat(is(subscription.key().k(), TestPackage.K)).isTrue();
            assertThat(is(subscription.key().opc(), TestPackage.OPC)).isTrue();
        }
    }

    @Test
    void readsTheConstantsOfMilenageAndHowSequenceNumbersAreKept() throws Exception {
        byte[] c = new byte[80];
        for (int i = 0; i < 5; i++) {
            c[16 * i + i] = (byte) (0x80 + i);
        }
        String[] seq = new String[32];
        Arrays.fill(seq, TestPackage.tlv("04", "000000000100"));
        seq[31] = TestPackage.tlv("04", "000000000200");
        String aka = TestPackage.aka(
                1,
                "01",
                TestPackage.K,
                TestPackage.OPC,
                TestPackage.tlv("84", "0102030405"),
                TestPackage.tlv("85", HEX.formatHex(c)));
        byte[] changed = new TestPackage()
                .aka(TestPackage.withSqn(
                        aka,
                        TestPackage.tlv("82", "02"),
                        TestPackage.tlv("83", "000000010000"),
                        TestPackage.tlv("84", "000000000100"),
                        TestPackage.tlv("a5", seq)))
                .der();

        try (Subscription subscription = ProfilePackage.read(changed, REAL).subscription()) {
            assertThat(subscription.key().constants()).isEqualTo(AkaConstants.milenage(new byte[] {1, 2, 3, 4, 5}, c));
            assertThat(subscription.sqn().parameters()).isEqualTo(new SqnParameters(5, 0x10000, 0));
            assertThat(subscription.sqn().values())
                    .hasSize(32)
                    .startsWith(256, 256)
                    .endsWith(256, 512);
        }
    }

    @ParameterizedTest
    @CsvSource({"00, 4", "01, 8", "02, 16"})
    void readsTuakWithItsIterationsAndLengthOfRes(String options, int res) throws Exception {
        byte[] der = new TestPackage()
                .aka(TestPackage.aka(2, options, "ab".repeat(32), "cd".repeat(32), TestPackage.tlv("87", "05")))
                .der();

        try (Subscription subscription = ProfilePackage.read(der, REAL).subscription()) {
            assertThat(subscription.key().algorithm()).isEqualTo(AkaAlgorithm.TUAK);
            assertThat(subscription.key().constants()).isEqualTo(AkaConstants.tuak(res, 5));
            assertThat(subscription.key().functions().f2345(new byte[16]).res()).hasSize(res);
        }
    }

    @Test
    void takesNoLimitOfTheJumpWhereNoneIsSwitchedOn() throws Exception {
        byte[] der = new TestPackage()
                .aka(TestPackage.withSqn(
                        TestPackage.aka(1, "00", TestPackage.K, TestPackage.OPC), TestPackage.tlv("82", "00")))
                .der();

        try (Subscription subscription = ProfilePackage.read(der, REAL).subscription()) {
            assertThat(subscription.sqn().parameters().delta()).isEqualTo((1L << 43) - 1);
        }
    }

    static List<String[]> refusals() {
        String usual = TestPackage.aka(1, "00", TestPackage.K, TestPackage.OPC);
        String[] short31 = new String[31];
        Arrays.fill(short31, TestPackage.tlv("04", ZERO_SEQ));
        String[] used = new String[32];
        Arrays.fill(used, TestPackage.tlv("04", "07ffffffffff"));
        return List.of(
                new String[] {"algorithmID", TestPackage.aka(9, "00", TestPackage.K, TestPackage.OPC)},
                new String[] {"algorithmOptions", TestPackage.aka(1, "02", TestPackage.K, TestPackage.OPC)},
                new String[] {"algorithmOptions", TestPackage.aka(2, "03", TestPackage.K, "cd".repeat(32))},
                new String[] {"key", TestPackage.aka(1, "00", "ab".repeat(32), TestPackage.OPC)},
                new String[] {"key", TestPackage.aka(2, "00", TestPackage.K, TestPackage.OPC)},
                new String[] {
                    "algoParameter",
                    TestPackage.aka(1, "00", TestPackage.K, TestPackage.OPC, TestPackage.tlv("84", "ff00204060"))
                },
                new String[] {
                    "algoParameter",
                    TestPackage.aka(2, "00", TestPackage.K, "cd".repeat(32), TestPackage.tlv("87", "00"))
                },
                new String[] {
                    "algoParameter [8]",
                    TestPackage.aka(1, "00", TestPackage.K, TestPackage.OPC, TestPackage.tlv("88", "00"))
                },
                new String[] {
                    "mappingParameter",
                    TestPackage.tlv(
                            "a4",
                            TestPackage.tlv("a0", "8101" + "0b"),
                            TestPackage.tlv("a1", TestPackage.tlv("a0", "800106", "8107a0000000871002")))
                },
                new String[] {"sqnOptions", TestPackage.withSqn(usual, TestPackage.tlv("82", "0e"))},
                new String[] {"sqnDelta", TestPackage.withSqn(usual, TestPackage.tlv("83", ZERO_SEQ))},
                new String[] {"sqnDelta", TestPackage.withSqn(usual, TestPackage.tlv("83", "080000000000"))},
                new String[] {"sqnAgeLimit", TestPackage.withSqn(usual, TestPackage.tlv("84", "01"))},
                new String[] {"sqnInit", TestPackage.withSqn(usual, TestPackage.tlv("a5", short31))},
                new String[] {"sqnInit", TestPackage.withSqn(usual, TestPackage.tlv("a5", used))});
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void namesTheFieldThatItCannotUse(String field, String aka) {
        ProfileRefused refused = catchThrowableOfType(
                ProfileRefused.class,
                () -> ProfilePackage.read(new TestPackage().aka(aka).der(), REAL));

        assertThat(refused.finding().field()).isEqualTo(field);
        assertThat(refused.finding().remedy()).isNotEmpty();
        assertThat(refused.finding().toString()).doesNotContain(TestPackage.K).doesNotContain(TestPackage.OPC);
    }

    @Test
    void tellsOfALimitThatAMcimDoesNotKeep() throws Exception {
        byte[] der = new TestPackage()
                .aka(TestPackage.aka(1, "00", TestPackage.K, TestPackage.OPC, TestPackage.tlv("86", "00ffff")))
                .der();
        ProfilePackage.Content content = ProfilePackage.read(der, REAL);
        content.subscription().close();

        assertThat(content.unused()).extracting(Finding::field).contains("authCounterMax");
    }

    @Test
    void refusesACardWhoseIccidIsNotTheHeaders() {
        byte[] der = TestPackage.milenage().der();
        der[250] ^= 0x11;

        assertThatThrownBy(() -> ProfilePackage.read(der, REAL))
                .isInstanceOf(ProfileRefused.class)
                .hasMessageContaining("ef-iccid");
    }

    @Test
    void readsAnIccidOfNineteenDigits() throws Exception {
        byte[] der = new TestPackage()
                .iccid("8900012345678901234f", "980010325476981032f4")
                .aka(TestPackage.aka(1, "00", TestPackage.K, TestPackage.OPC))
                .der();

        try (Subscription subscription = ProfilePackage.read(der, REAL).subscription()) {
            assertThat(subscription.iccid()).isEqualTo("8900012345678901234");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"000000000000000000", "0809101010325476f8", "08091010103254761a", "ffffffffffffffffff"})
    void refusesACardWithoutAnImsi(String content) {
        byte[] der = new TestPackage()
                .imsi(content)
                .aka(TestPackage.aka(1, "00", TestPackage.K, TestPackage.OPC))
                .der();

        assertThatThrownBy(() -> ProfilePackage.read(der, REAL))
                .isInstanceOf(ProfileRefused.class)
                .hasMessageContaining("ef-imsi");
    }

    @Test
    void refusesTwoPackagesInOneFileAndHalfAPackage() {
        byte[] one = TestPackage.milenage().der();
        byte[] two = Arrays.copyOf(one, 2 * one.length);
        System.arraycopy(one, 0, two, one.length, one.length);

        assertThatThrownBy(() -> ProfilePackage.read(two, REAL))
                .isInstanceOf(ProfileRefused.class)
                .hasMessageContaining("two packages");
        for (int length = 0; length < one.length; length += 7) {
            byte[] part = Arrays.copyOf(one, length);
            assertThatThrownBy(() -> ProfilePackage.read(part, REAL)).isInstanceOf(ProfileRefused.class);
        }
        assertThatThrownBy(() -> ProfilePackage.read(new byte[ProfilePackage.SIZE_MAX + 1], REAL))
                .isInstanceOf(ProfileRefused.class)
                .hasMessageContaining("at most");
    }

    @Test
    void failsInOneWayOnlyWhateverTheBytes() {
        byte[] der = TestPackage.milenage().der();
        Random random = new Random(7);
        int read = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] mutant = der.clone();
            for (int j = 0; j <= i % 3; j++) {
                int place = i % 2 == 0 ? random.nextInt(der.length) : 6391 + random.nextInt(60);
                mutant[place] = (byte) random.nextInt();
            }
            try {
                ProfilePackage.read(mutant, ALSO_FOR_TESTS).subscription().close();
                read++;
            } catch (ProfileRefused refused) {
                assertThat(refused.finding().why()).isNotEmpty();
            }
        }
        assertThat(read).isPositive();
    }

    private static boolean is(SecretBytes secret, String hex) {
        return secret.sameAs(HEX.parseHex(hex));
    }
}
