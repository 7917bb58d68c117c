// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.sho.profile;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.provider.MethodSource;

/** Any bytes are a list of subscriptions: the list or a line of it is refused with a reason, or is a subscription. */
@Timeout(10)
class ProfileCsvFuzzTest {
    private static final Algorithms ALL = new Algorithms(true);

    static Stream<byte[]> seeds() {
        String keys = TestPackage.K + "," + TestPackage.OPC;
        return Stream.of(
                        "imsi,iccid,algorithm,k,opc\n001010123456789,89000123456789012341,milenage," + keys + "\n",
                        "# by hand\n\nimsi,iccid,algorithm,k,opc\r\n001010123456789,890001234567890123,xor,"
                                + "00".repeat(16) + ",00\r\n",
                        "k,opc,imsi,iccid,algorithm,r,c,res,iterations,ind_bits,delta,age_limit,seq\n" + keys
                                + ",001010123456789,8900012345678901234,milenage,0102030405," + "0f".repeat(80)
                                + ",,,5,1000,10,77\n" + TestPackage.K + "," + "ab".repeat(32)
                                + ",001010123456780,8900012345678901235,TUAK,,,16,3,,,,\n")
                .map(text -> text.getBytes(StandardCharsets.US_ASCII));
    }

    @MethodSource("seeds")
    @FuzzTest
    void read(byte[] input) {
        try {
            ProfileCsv.of(input, ALL).read(new ProfileCsv.Sink<RuntimeException>() {
                @Override
                public void accept(Subscription subscription) {
                    assertThat(subscription.key().functions()).isNotNull();
                    assertThat(subscription.iccid()).matches("\\d{18,20}");
                }

                @Override
                public void refuse(int line, Finding finding) {
                    assertThat(line).isPositive();
                    assertThat(finding.field()).isNotBlank();
                }
            });
        } catch (ProfileRefused refused) {
            assertThat(refused.finding().field()).isNotBlank();
        }
    }
}
