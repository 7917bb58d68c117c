// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.aka;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.io.TempDir;
import org.m2me.protocol.DebianProgram;
import org.m2me.protocol.crypto.SecretBytes;

/** Compares with libosmocore's authentication centre. */
final class OsmoAucGenTest {
    private static final HexFormat HEX = HexFormat.of();

    private final SecureRandom random = new SecureRandom();
    private final byte[] k = bytes(16);
    private final byte[] opc = bytes(16);
    private final AkaFunctions functions =
            new AkaKey(AkaAlgorithm.MILENAGE, SecretBytes.copyOf(k), SecretBytes.copyOf(opc)).functions();

    @TempDir
    private Path folder;

    @RepeatedTest(5)
    void makesTheVectorThatOsmoAucGenMakes() throws Exception {
        long sqn = random.nextLong() >>> 16;
        try (AuthenticationVector vector = Quintets.generate(functions, sqn, 0x8000, random)) {
            String theirs = osmoAucGen("-s", Long.toString(sqn), "-r", HEX.formatHex(vector.rand()));

            assertThat(field(theirs, "AUTN")).isEqualTo(HEX.formatHex(vector.autn()));
            assertThat(vector.xres().sameAs(HEX.parseHex(field(theirs, "RES")))).isTrue();
            assertThat(vector.ck().sameAs(HEX.parseHex(field(theirs, "CK")))).isTrue();
            assertThat(vector.ik().sameAs(HEX.parseHex(field(theirs, "IK")))).isTrue();
        }
    }

    @RepeatedTest(5)
    void asksForAResynchronisationThatOsmoAucGenUnderstands() throws Exception {
        SqnArray array = SqnArray.fresh(SqnParameters.DEFAULT).accepting((1 + random.nextInt(1 << 28)) * 32L + 7);
        try (AuthenticationVector old = Quintets.generate(functions, 7, 0x8000, random)) {
            UsimAuthentication.Answer.SynchronisationFailure failure =
                    (UsimAuthentication.Answer.SynchronisationFailure)
                            UsimAuthentication.answer(functions, array, old.rand(), old.autn());

            String theirs = osmoAucGen("-A", HEX.formatHex(failure.auts()), "-r", HEX.formatHex(old.rand()));

            assertThat(field(theirs, "SQN.MS")).isEqualTo(Long.toString(array.highest()));
            byte[] autn = HEX.parseHex(field(theirs, "AUTN"));
            assertThat(UsimAuthentication.answer(functions, array, old.rand(), autn))
                    .isInstanceOf(UsimAuthentication.Answer.Success.class);
        }
    }

    /** Debian's version takes no SQN for this algorithm: 0. */
    @RepeatedTest(5)
    void makesTheVectorOfTheTestAlgorithmThatOsmoAucGenMakes() throws Exception {
        try (AkaKey key = new AkaKey(AkaAlgorithm.XOR, SecretBytes.copyOf(k), SecretBytes.copyOf(opc));
                AuthenticationVector vector = Quintets.generate(key.functions(), 0, 0x8000, random)) {
            String theirs =
                    osmo("-3", "-a", "xor", "-k", HEX.formatHex(k), "-f", "8000", "-r", HEX.formatHex(vector.rand()));

            assertThat(field(theirs, "AUTN")).isEqualTo(HEX.formatHex(vector.autn()));
            assertThat(vector.xres().sameAs(HEX.parseHex(field(theirs, "RES")))).isTrue();
            assertThat(vector.ck().sameAs(HEX.parseHex(field(theirs, "CK")))).isTrue();
            assertThat(vector.ik().sameAs(HEX.parseHex(field(theirs, "IK")))).isTrue();
        }
    }

    private String osmoAucGen(String... more) throws Exception {
        String[] common = {"-3", "-a", "milenage", "-k", HEX.formatHex(k), "-o", HEX.formatHex(opc), "-f", "8000"};
        String[] arguments = new String[common.length + more.length];
        System.arraycopy(common, 0, arguments, 0, common.length);
        System.arraycopy(more, 0, arguments, common.length, more.length);
        return osmo(arguments);
    }

    private String osmo(String... arguments) throws Exception {
        return DebianProgram.require("osmo-auc-gen", "libosmocore-utils")
                .run(folder, arguments)
                .text();
    }

    private static String field(String output, String name) {
        Matcher matcher =
                Pattern.compile("(?m)^" + Pattern.quote(name) + ":?\\s+(\\w+)").matcher(output);
        assertThat(matcher.find()).as("%s in %s", name, output).isTrue();
        return matcher.group(1);
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }
}
