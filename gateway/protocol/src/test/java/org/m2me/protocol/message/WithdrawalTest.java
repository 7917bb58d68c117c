// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.m2me.protocol.Samples.OWNER_SECRET;
import static org.m2me.protocol.Samples.SIGNER;
import static org.m2me.protocol.Samples.UEID;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.m2me.protocol.Golden;
import org.m2me.protocol.Samples;
import org.m2me.protocol.cbor.CborException;
import org.m2me.protocol.cbor.CborMap;
import org.m2me.protocol.crypto.ForgedException;

/** The owner withdraws an activation: a number and nothing else. */
final class WithdrawalTest {
    private static final Activation WITHDRAWAL = new Activation(UEID, 5, Optional.empty());

    @Test
    void hasTheBytesThatWereAgreedOn() throws Exception {
        assertThat(WITHDRAWAL.encode()).isEqualTo(Golden.ACTIVATION_WITHDRAWAL_CLAIMS.bytes());
        assertThat(Activation.decode(Golden.ACTIVATION_WITHDRAWAL_CLAIMS.bytes()))
                .isEqualTo(WITHDRAWAL);
        assertThat(WITHDRAWAL.sign(SIGNER, OWNER_SECRET).bytes()).isEqualTo(Golden.ACTIVATION_WITHDRAWAL.bytes());
        assertThat(Activation.verify(Golden.ACTIVATION_WITHDRAWAL.bytes(), UEID, OWNER_SECRET))
                .isEqualTo(WITHDRAWAL);
    }

    @Test
    void nothingOfItCanBeChanged() {
        byte[] withdrawal = Golden.ACTIVATION_WITHDRAWAL.bytes();
        for (int at = 0; at < withdrawal.length; at++) {
            byte[] damaged = withdrawal.clone();
            damaged[at] ^= (byte) (1 << at % Byte.SIZE);
            assertThatThrownBy(() -> Activation.verify(damaged, UEID, OWNER_SECRET))
                    .as("byte %d", at)
                    .isInstanceOf(ForgedException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {4, 5, 6})
    void isNotWhatOneOfItsPartsIsMissingFrom(long part) throws Exception {
        CborMap whole = CborMap.decode(Samples.activation().encode());
        CborMap.Builder lacking = CborMap.builder().put(2, UEID.value().bytes()).put(3, 5);
        for (long other = 4; other <= 6; other++) {
            if (other != part) {
                lacking.put(other, whole.map(other));
            }
        }
        byte[] claims = lacking.build().encode();
        if (part == 6) { // an unknown management server is then never believed
            assertThat(Activation.decode(claims).terms().orElseThrow().unknownManagement())
                    .isEmpty();
        } else {
            assertThatThrownBy(() -> Activation.decode(claims))
                    .isInstanceOf(CborException.class)
                    .hasMessageStartingWith(part == 4 ? "key 4: absent" : "key 6: ");
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 7})
    void hasNoPartThatIsNotKnown(long part) {
        byte[] claims = CborMap.builder()
                .put(2, UEID.value().bytes())
                .put(3, 5)
                .put(part, 1)
                .build()
                .encode();
        assertThatThrownBy(() -> Activation.decode(claims)).isInstanceOf(CborException.class);
    }
}
