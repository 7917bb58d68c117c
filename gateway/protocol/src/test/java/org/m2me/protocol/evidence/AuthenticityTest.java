// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.m2me.protocol.Samples;
import org.m2me.protocol.evidence.Authenticity.Vouched;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Ueid;

/** One word for many devices: each of them is vouched for in one registration, and in no other. */
final class AuthenticityTest {
    private static Vouched vouched(int number) {
        String id = String.format("%032x", number);
        return new Vouched(
                Ueid.hex("01" + id),
                new Nonce(Opaque.hex(id)),
                Samples.digest(number % 100),
                Optional.of(Samples.MORNING.minusSeconds(number)));
    }

    private static Authenticity word(int devices) {
        List<Vouched> all =
                IntStream.range(0, devices).mapToObj(AuthenticityTest::vouched).toList();
        return new Authenticity(all, Samples.MORNING);
    }

    @Test
    void isAboutAsManyDevicesAsItMayBe() throws Exception {
        byte[] signed = word(Authenticity.DEVICES_MAX).sign(Samples.SIGNER);

        assertThat(signed).hasSizeLessThan(8_192);
        assertThat(Authenticity.verify(signed, Samples.SIGNER.publicKey())).isEqualTo(word(Authenticity.DEVICES_MAX));
    }

    @Test
    void vouchesForADeviceInItsOwnRegistrationOnly() {
        Authenticity word = word(3);

        Vouched one = vouched(1);
        assertThat(word.about(one.device(), one.registration())).contains(one);
        assertThat(word.about(one.device(), vouched(2).registration())).isEmpty();
        assertThat(word.about(vouched(4).device(), vouched(4).registration())).isEmpty();
    }

    @Test
    void standsByResultsThatAreNewerThanWhatItVoids() {
        Vouched one = vouched(1);
        Instant until = one.voidUntil().orElseThrow();
        assertThat(one.standsBy(until)).isFalse();
        assertThat(one.standsBy(until.plusSeconds(1))).isTrue();
        assertThat(new Vouched(one.device(), one.registration(), one.credential(), Optional.empty())
                        .standsBy(Instant.EPOCH))
                .isTrue();
    }

    @Test
    void isAboutNobodyOrTooManyOrOneRegistrationTwiceNever() {
        assertThatThrownBy(() -> word(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> word(Authenticity.DEVICES_MAX + 1)).isInstanceOf(IllegalArgumentException.class);
        Vouched other =
                new Vouched(vouched(2).device(), vouched(1).registration(), Samples.digest(7), Optional.empty());
        assertThatThrownBy(() -> new Authenticity(List.of(vouched(1), other), Samples.MORNING))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
