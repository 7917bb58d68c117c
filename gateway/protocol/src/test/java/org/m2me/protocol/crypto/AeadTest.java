// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.crypto;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class AeadTest {
    private static final byte[] PLAINTEXT = "state of the store".getBytes(UTF_8);
    private static final byte[] ASSOCIATED = "generation 7".getBytes(UTF_8);

    private final SecureRandom random = new SecureRandom();
    private final SecretBytes key = SecretBytes.random(32, random);

    @Test
    void derivesAsRfc5869Says() {
        // RFC 5869 A.3: no salt, no info.
        byte[] root = new byte[22];
        Arrays.fill(root, (byte) 0x0b);
        try (SecretBytes derived = Aead.derive(SecretBytes.copyOf(root), new byte[0], 42)) {
            assertThat(derived.sameAs(HexFormat.of()
                            .parseHex("8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"
                                    + "9d201395faa4b61a96c8")))
                    .isTrue();
        }
    }

    @Test
    void opensWhatItSealed() throws ForgedException {
        byte[] sealed = Aead.seal(key, PLAINTEXT, ASSOCIATED, random);
        assertThat(sealed).hasSize(PLAINTEXT.length + Aead.OVERHEAD);
        assertThat(Aead.open(key, sealed, ASSOCIATED).sameAs(PLAINTEXT)).isTrue();
    }

    @Test
    void usesAnotherNonceEachTime() {
        assertThat(Aead.seal(key, PLAINTEXT, ASSOCIATED, random))
                .isNotEqualTo(Aead.seal(key, PLAINTEXT, ASSOCIATED, random));
    }

    @Test
    void refusesSealedBytesWithAnyBitFlipped() {
        byte[] sealed = Aead.seal(key, PLAINTEXT, ASSOCIATED, random);
        for (int bit = 0; bit < 8 * sealed.length; bit++) {
            byte[] flipped = sealed.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            assertThatThrownBy(() -> Aead.open(key, flipped, ASSOCIATED)).isInstanceOf(ForgedException.class);
        }
    }

    @Test
    void refusesAnotherKeyOtherAssociatedDataAndCutBytes() {
        byte[] sealed = Aead.seal(key, PLAINTEXT, ASSOCIATED, random);
        SecretBytes other = SecretBytes.random(32, random);
        assertThatThrownBy(() -> Aead.open(other, sealed, ASSOCIATED)).isInstanceOf(ForgedException.class);
        assertThatThrownBy(() -> Aead.open(key, sealed, new byte[0])).isInstanceOf(ForgedException.class);
        for (int length = 0; length < sealed.length; length++) {
            byte[] cut = Arrays.copyOf(sealed, length);
            assertThatThrownBy(() -> Aead.open(key, cut, ASSOCIATED)).isInstanceOf(ForgedException.class);
        }
    }
}
