// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SecretBytesTest {
    @Test
    void wipesTheSourceThatItTakes() {
        byte[] source = {1, 2, 3};
        try (SecretBytes secret = SecretBytes.takeFrom(source)) {
            assertThat(source).containsOnly(0);
            assertThat(secret.sameAs(new byte[] {1, 2, 3})).isTrue();
        }
    }

    @Test
    void wipesTheCopyThatAFunctionSaw() {
        try (SecretBytes secret = SecretBytes.copyOf(new byte[] {1, 2, 3})) {
            byte[] seen = secret.use(raw -> raw);
            assertThat(seen).containsOnly(0);
        }
    }

    @Test
    void cannotBeUsedOnceClosed() {
        SecretBytes secret = SecretBytes.copyOf(new byte[] {1, 2, 3});
        secret.close();
        assertThatThrownBy(secret::copy).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aCopyOutlivesItsOriginal() {
        SecretBytes secret = SecretBytes.copyOf(new byte[] {1, 2, 3});
        SecretBytes copy = secret.copy();
        secret.close();
        assertThat(copy.sameAs(new byte[] {1, 2, 3})).isTrue();
        assertThat(copy).hasToString("SecretBytes[3]");
    }
}
