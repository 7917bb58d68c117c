// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.tre.store;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.SecureRandom;
import org.junit.jupiter.api.Test;
import org.m2me.protocol.crypto.ForgedException;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.identity.Opaque;

class VaultTest {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final byte[] SECRET = "of one operator".getBytes(US_ASCII);

    private final Vault vault = new Vault(SecretBytes.random(Vault.ROOT_LENGTH, RANDOM), RANDOM);

    @Test
    void opensForThePurposeItSealedFor() throws ForgedException {
        byte[] purpose = Vault.purpose("mcim", new byte[] {1});
        Opaque sealed = vault.seal(purpose, SECRET);
        try (SecretBytes opened = vault.open(purpose, sealed)) {
            assertThat(opened.sameAs(SECRET)).isTrue();
        }
    }

    @Test
    void opensForNoOtherPurpose() {
        Opaque sealed = vault.seal(Vault.purpose("mcim", new byte[] {1}), SECRET);
        assertThatThrownBy(() -> vault.open(Vault.purpose("mcim", new byte[] {2}), sealed))
                .isInstanceOf(ForgedException.class);
        assertThatThrownBy(() -> vault.open(Vault.purpose("mcin", new byte[] {1}), sealed))
                .isInstanceOf(ForgedException.class);
    }

    @Test
    void spellsNoTwoPurposesAlike() {
        assertThat(Vault.purpose("a", new byte[] {1}, new byte[] {2}))
                .isNotEqualTo(Vault.purpose("a", new byte[] {1, 0, 1, 2}));
    }

    @Test
    void opensNothingOnceClosed() {
        Opaque sealed = vault.seal(Vault.purpose("a"), SECRET);
        vault.close();
        assertThatThrownBy(() -> vault.open(Vault.purpose("a"), sealed)).isInstanceOf(IllegalStateException.class);
    }
}
