// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.m2me.protocol.Samples.AGREEMENT;
import static org.m2me.protocol.Samples.OPERATOR;
import static org.m2me.protocol.Samples.OWNER_SECRET;
import static org.m2me.protocol.Samples.SIGNER;
import static org.m2me.protocol.Samples.UEID;

import org.junit.jupiter.api.Test;
import org.m2me.protocol.Samples;
import org.m2me.protocol.cbor.CborMap;
import org.m2me.protocol.crypto.ForgedException;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.step.Procedure;

class OwnerOrderTest {
    @Test
    void anOperatorCannotOrderByTheTokenThatItWasGiven() {
        try (SecretBytes token = SecretBytes.takeFrom(
                OwnerSecret.operatorToken(OWNER_SECRET, OPERATOR).bytes())) {
            byte[] order = Samples.order().sign(SIGNER, token).bytes();
            assertThatThrownBy(() -> OwnerOrder.verify(order, UEID, OWNER_SECRET))
                    .isInstanceOf(ForgedException.class)
                    .hasMessageContaining("its key is not that of the device's owner");
        }
    }

    @Test
    void operatorsCannotTellOneAnothersTokens() {
        assertThat(OwnerSecret.operatorToken(OWNER_SECRET, OPERATOR))
                .isNotEqualTo(OwnerSecret.operatorToken(OWNER_SECRET, Plmn.parse("262-01")));
    }

    @Test
    void everyBitOfAnOrderIsProtected() {
        byte[] order = Samples.order().sign(SIGNER, OWNER_SECRET).bytes();
        for (int bit = 0; bit < order.length * Byte.SIZE; bit++) {
            byte[] damaged = order.clone();
            damaged[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
            assertThatThrownBy(() -> OwnerOrder.verify(damaged, UEID, OWNER_SECRET))
                    .as("bit %d", bit)
                    .isInstanceOf(ForgedException.class);
        }
    }

    @Test
    void anOrderSignedByAnotherKeyThanTheOneItShowsIsRefused() throws Exception {
        byte[] shown = Samples.order().sign(SIGNER, OWNER_SECRET).bytes();
        byte[] signed = Samples.order().sign(AGREEMENT, OWNER_SECRET).bytes();
        var other = CborMap.decode(signed);
        byte[] mixed = CborMap.builder()
                .put(1, other.bytes(1, 1, OwnerOrder.SIZE_MAX))
                .put(2, CborMap.decode(shown).bytes(2, 1, OwnerOrder.SIZE_MAX))
                .put(3, CborMap.decode(shown).bytes(3, 1, OwnerOrder.SIZE_MAX))
                .build()
                .encode();
        assertThatThrownBy(() -> OwnerOrder.verify(mixed, UEID, OWNER_SECRET)).isInstanceOf(ForgedException.class);
    }

    @Test
    void anOrderForAnotherDeviceIsRefused() {
        Ueid other = new Ueid(Opaque.hex("01" + "ee".repeat(16)));
        byte[] order = Samples.order().sign(SIGNER, OWNER_SECRET).bytes();
        assertThatThrownBy(() -> OwnerOrder.verify(order, other, OWNER_SECRET)).isInstanceOf(ForgedException.class);
    }

    @Test
    void nobodyOrdersInitialProvisioning() {
        assertThatThrownBy(() -> new OwnerOrder(Samples.CHALLENGE, UEID, 1, Procedure.INITIAL, OPERATOR))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
