// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.aka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Stream;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.identity.Opaque;

final class AkaConstantsTest {
    /** TS 35.206 4.1, as printed there. */
    private static final byte[] R = {64, 0, 32, 64, 96};

    private static final byte[] C = HexFormat.of()
            .parseHex("00000000000000000000000000000000" + "00000000000000000000000000000001"
                    + "00000000000000000000000000000002" + "00000000000000000000000000000004"
                    + "00000000000000000000000000000008");

    private final SecureRandom random = new SecureRandom();

    @Test
    void hasOneFormForWhatTheStandardsChoose() {
        assertThat(AkaConstants.milenage(R, C)).isEqualTo(AkaConstants.STANDARD);
        assertThat(AkaConstants.tuak(8, 1)).isEqualTo(AkaConstants.STANDARD);
        assertThat(AkaConstants.xor(16)).isEqualTo(AkaConstants.STANDARD);
        byte[] writtenOut = Arrays.copyOf(R, 85);
        System.arraycopy(C, 0, writtenOut, 5, 80);
        assertThatThrownBy(() -> key(AkaAlgorithm.MILENAGE, new AkaConstants(Opaque.of(writtenOut))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> key(AkaAlgorithm.TUAK, new AkaConstants(Opaque.of((byte) 8, (byte) 1))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @RepeatedTest(20)
    void computesMilenageWithAnyRotationsAndConstants() throws Exception {
        byte[] r = new byte[5];
        byte[] c = new byte[80];
        random.nextBytes(r);
        random.nextBytes(c);
        for (int i = 0; i < r.length; i++) {
            r[i] &= 0x7f;
        }
        byte[] k = bytes(16);
        byte[] opc = bytes(16);
        byte[] rand = bytes(16);
        long sqn = random.nextLong() >>> 16;
        try (AkaKey key = new AkaKey(
                AkaAlgorithm.MILENAGE, SecretBytes.copyOf(k), SecretBytes.copyOf(opc), AkaConstants.milenage(r, c))) {
            Oracle oracle = new Oracle(k, opc, rand, r, c);
            AkaFunctions functions = key.functions();

            byte[] out1 = oracle.out1(Sqn.withAmf(sqn, 0x8000));
            assertThat(functions.f1(rand, sqn, 0x8000)).isEqualTo(Arrays.copyOf(out1, 8));
            assertThat(functions.f1star(rand, sqn, 0x8000)).isEqualTo(Arrays.copyOfRange(out1, 8, 16));
            AkaFunctions.F2345 secrets = functions.f2345(rand);
            assertThat(secrets.res()).isEqualTo(Arrays.copyOfRange(oracle.out(2), 8, 16));
            assertThat(secrets.ak()).isEqualTo(Arrays.copyOf(oracle.out(2), 6));
            assertThat(secrets.ck()).isEqualTo(oracle.out(3));
            assertThat(secrets.ik()).isEqualTo(oracle.out(4));
            assertThat(functions.f5star(rand)).isEqualTo(Arrays.copyOf(oracle.out(5), 6));
        }
    }

    /** The formulas of TS 35.206 4.1 once more, with whole numbers and the platform's AES. */
    @SuppressWarnings("ArrayRecordComponent") // lives for one test
    private record Oracle(byte[] k, byte[] opc, byte[] rand, byte[] r, byte[] c) {
        byte[] out1(byte[] half) throws Exception {
            byte[] in1 = Arrays.copyOf(half, 16);
            System.arraycopy(half, 0, in1, 8, 8);
            return finished(number(aes(xored(number(rand), opc))).xor(rotated(xored(number(in1), opc), 1)), 1);
        }

        byte[] out(int n) throws Exception {
            return finished(rotated(xored(number(aes(xored(number(rand), opc))), opc), n), n);
        }

        private byte[] finished(BigInteger in, int n) throws Exception {
            BigInteger constant = number(Arrays.copyOfRange(c, 16 * (n - 1), 16 * n));
            return block(xored(number(aes(in.xor(constant))), opc));
        }

        private BigInteger rotated(BigInteger x, int n) {
            BigInteger shifted = x.shiftLeft(r[n - 1]);
            BigInteger all = BigInteger.ONE.shiftLeft(128).subtract(BigInteger.ONE);
            return shifted.and(all).or(shifted.shiftRight(128));
        }

        private byte[] aes(BigInteger in) throws Exception {
            Cipher cipher = Cipher.getInstance("AES/ECB/NoPadding");
            cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(k, "AES"));
            return cipher.doFinal(block(in));
        }

        private static BigInteger xored(BigInteger a, byte[] b) {
            return a.xor(number(b));
        }

        private static BigInteger number(byte[] bytes) {
            return new BigInteger(1, bytes);
        }

        private static byte[] block(BigInteger x) {
            return HexFormat.of().parseHex(String.format("%032x", x));
        }
    }

    static Stream<Vector> tuakSets() {
        return Vector.all("tuak.csv")
                .filter(set -> set.bytes("f1").length == 8
                        && set.bytes("f2").length <= 16
                        && set.bytes("f3").length == 16
                        && set.bytes("f4").length == 16);
    }

    @ParameterizedTest
    @MethodSource("tuakSets")
    void givesTuakTheLengthAndTheIterationsThatTheOperatorChose(Vector set) {
        AkaConstants constants = AkaConstants.tuak(set.bytes("f2").length, Integer.parseInt(set.text("iterations")));
        try (AkaKey key = new AkaKey(AkaAlgorithm.TUAK, set.secret("K"), set.secret("TOPc"), constants)) {
            assertThat(key.functions().f2345(set.bytes("RAND")).res()).isEqualTo(set.bytes("f2"));
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "5, 1", "32, 1", "8, 0", "8, 256", "8, -1"})
    void refusesALengthOrIterationsThatTuakCannotHave(int res, int iterations) {
        assertThatThrownBy(() -> AkaConstants.tuak(res, iterations)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refusesConstantsThatMakeTwoFunctionsOne() {
        byte[] r = R.clone();
        r[3] = r[2];
        byte[] c = C.clone();
        System.arraycopy(c, 32, c, 48, 16);

        assertThatThrownBy(() -> AkaConstants.milenage(r, c))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("3")
                .hasMessageContaining("4");
        r[3] = (byte) 128;
        assertThatThrownBy(() -> AkaConstants.milenage(r, c)).hasMessageContaining("r4");
        assertThatThrownBy(() -> AkaConstants.milenage(new byte[4], c)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refusesConstantsOfAnotherAlgorithmAndWipesTheKey() {
        SecretBytes k = SecretBytes.random(16, random);
        SecretBytes opc = SecretBytes.random(16, random);

        assertThatThrownBy(() -> new AkaKey(AkaAlgorithm.MILENAGE, k, opc, AkaConstants.tuak(4, 1)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(k::copy).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(opc::copy).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void comesBackFromItsJoinedForm() {
        for (AkaConstants constants : new AkaConstants[] {AkaConstants.STANDARD, AkaConstants.tuak(16, 3)}) {
            try (AkaKey key = key(AkaAlgorithm.TUAK, constants);
                    SecretBytes joined = key.join();
                    AkaKey again = joined.use(AkaKey::split);
                    SecretBytes twice = again.join()) {
                assertThat(again.constants()).isEqualTo(constants);
                assertThat(joined.<Boolean>use(twice::sameAs)).isTrue();
            }
        }
        assertThatThrownBy(() -> AkaKey.split(new byte[] {1, 16, 0})).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void showsNoConstantInItsText() {
        assertThat(AkaConstants.tuak(16, 3)).hasToString("AkaConstants[2 bytes]");
    }

    private AkaKey key(AkaAlgorithm algorithm, AkaConstants constants) {
        return new AkaKey(
                algorithm,
                SecretBytes.random(16, random),
                SecretBytes.random(algorithm.opcLength(), random),
                constants);
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }
}
