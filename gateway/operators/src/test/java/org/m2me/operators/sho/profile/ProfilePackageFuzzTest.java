// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.sho.profile;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.provider.MethodSource;

/** Any bytes are a profile package: it is refused with reason and advice, or has a subscription in it. */
@Timeout(10)
class ProfilePackageFuzzTest {
    private static final Algorithms ALL = new Algorithms(true);

    static Stream<byte[]> seeds() {
        return Stream.of(
                TestPackage.milenage().der(),
                TestPackage.milenage().ownConstants().der(),
                TestPackage.bytes(TestPackage.ALL.get(1)),
                TestPackage.bytes(TestPackage.ALL.get(2)));
    }

    @MethodSource("seeds")
    @FuzzTest
    void read(byte[] input) {
        try {
            ProfilePackage.Content content = ProfilePackage.read(input, ALL);
            try (Subscription subscription = content.subscription()) {
                assertThat(subscription.iccid()).matches("\\d{18,20}");
                assertThat(subscription.key().functions()).isNotNull();
            }
        } catch (ProfileRefused refused) {
            assertThat(refused.finding().field()).isNotBlank();
        }
    }
}
