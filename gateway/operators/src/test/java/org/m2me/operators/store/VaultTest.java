// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.SecureRandom;
import org.junit.jupiter.api.Test;
import org.m2me.protocol.aka.AkaAlgorithm;
import org.m2me.protocol.aka.AkaKey;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.crypto.SecretBytes;

final class VaultTest {
    private final SecureRandom random = new SecureRandom();
    private final P256PrivateKey role = P256PrivateKey.generate(random);

    @Test
    void opensWhatItSealedAlsoAfterARestart() {
        AkaKey key = new AkaKey(AkaAlgorithm.TUAK, SecretBytes.random(16, random), SecretBytes.random(32, random));
        byte[] sealed;
        try (Vault vault = new Vault(role, "test", random)) {
            sealed = vault.sealKey(key, "row 1");
        }
        try (Vault vault = new Vault(role, "test", random);
                AkaKey opened = vault.openKey(sealed, "row 1")) {
            assertThat(opened.algorithm()).isEqualTo(AkaAlgorithm.TUAK);
            assertThat(opened.k().<Boolean>use(key.k()::sameAs)).isTrue();
            assertThat(opened.opc().<Boolean>use(key.opc()::sameAs)).isTrue();
        }
    }

    @Test
    void refusesWhatWasSealedForAnotherPlacePurposeOrRole() {
        Vault vault = new Vault(role, "test", random);
        byte[] sealed = vault.seal(SecretBytes.random(16, random), "row 1");
        assertThatThrownBy(() -> vault.open(sealed, "row 2")).isInstanceOf(StorageFailed.class);
        assertThatThrownBy(() -> new Vault(role, "other", random).open(sealed, "row 1"))
                .isInstanceOf(StorageFailed.class);
        P256PrivateKey another = P256PrivateKey.generate(random);
        assertThatThrownBy(() -> new Vault(another, "test", random).open(sealed, "row 1"))
                .isInstanceOf(StorageFailed.class);
        sealed[sealed.length / 2] ^= 1;
        assertThatThrownBy(() -> vault.open(sealed, "row 1")).isInstanceOf(StorageFailed.class);
    }
}
