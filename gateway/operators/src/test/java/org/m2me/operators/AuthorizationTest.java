// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.m2me.operators.World.OPERATOR;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.m2me.protocol.crypto.ForgedException;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.pki.Certificate;

final class AuthorizationTest {
    @TempDir
    Path directory;

    private World world;
    private Machine machine;
    private P256PrivateKey key;
    private Certificate operator;

    @BeforeEach
    void start() {
        world = new World(directory);
        machine = new Machine(world.random);
        key = P256PrivateKey.generate(world.random);
        operator = world.certify("sho." + OPERATOR, key);
    }

    @Test
    void isReadAsItWasSigned() throws Exception {
        Authorization sealed = authorization(Authorization.Sealed.of(Opaque.hex("00")));
        Authorization making =
                authorization(new Authorization.Making(machine.agreementKey.publicKey(), machine.ownerToken, 3));
        assertThat(verify(sealed.sign(operator, key))).isEqualTo(sealed);
        assertThat(verify(making.sign(operator, key))).isEqualTo(making);
        assertThat(making.toString()).doesNotContain(machine.ownerToken.hex());
    }

    @Test
    void coversTheMcimThatItNamesAndNoOther() {
        Opaque envelope = Opaque.hex("00");
        Authorization.Content sealed = Authorization.Sealed.of(envelope);
        Authorization.Content making =
                new Authorization.Making(machine.agreementKey.publicKey(), machine.ownerToken, 3);
        assertThat(sealed.covers(Optional.of(envelope))).isTrue();
        assertThat(sealed.covers(Optional.of(Opaque.hex("01")))).isFalse();
        assertThat(sealed.covers(Optional.empty())).isFalse();
        assertThat(making.covers(Optional.empty())).isTrue();
        assertThat(making.covers(Optional.of(envelope))).isFalse();
    }

    @Test
    void isRefusedWithAnyBitTurned() {
        byte[] token = authorization(Authorization.Sealed.of(Opaque.hex("00")))
                .sign(operator, key)
                .bytes();
        for (int i = 0; i < token.length; i++) {
            byte[] bent = token.clone();
            bent[i] ^= (byte) (1 << (i % 8));
            assertThatThrownBy(() -> verify(Opaque.of(bent))).as("byte " + i).isInstanceOf(ForgedException.class);
        }
    }

    @Test
    void isRefusedOnceTheSignersCertificateHasExpired() {
        Opaque token = authorization(Authorization.Sealed.of(Opaque.hex("00"))).sign(operator, key);
        assertThatThrownBy(() -> Authorization.verify(
                        token,
                        List.of(world.authority.certificate()),
                        operator.notAfter().plusSeconds(1)))
                .isInstanceOf(ForgedException.class)
                .hasMessageContaining("EXPIRED");
    }

    private Authorization authorization(Authorization.Content content) {
        return new Authorization(
                Nonce.random(world.random),
                Nonce.random(world.random),
                machine.ueid,
                OPERATOR,
                World.START.plusSeconds(60),
                content);
    }

    private Authorization verify(Opaque token) throws ForgedException {
        return Authorization.verify(token, List.of(world.authority.certificate()), World.START);
    }
}
