// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.m2me.protocol.Samples.OPERATOR;
import static org.m2me.protocol.Samples.OWNER_SECRET;
import static org.m2me.protocol.Samples.SIGNER;
import static org.m2me.protocol.Samples.UEID;

import java.util.HexFormat;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.m2me.protocol.Golden;
import org.m2me.protocol.Samples;
import org.m2me.protocol.cbor.CborException;
import org.m2me.protocol.cbor.CborMap;
import org.m2me.protocol.crypto.ForgedException;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.Activation.Association;
import org.m2me.protocol.message.Activation.Server;
import org.m2me.protocol.message.Activation.Terms;

class ActivationTest {
    private static final Association FLEET =
            Samples.activation().terms().orElseThrow().application().association();

    @Test
    void hasTheBytesThatWereAgreedOn() throws Exception {
        Activation activation = Samples.activation();
        assertThat(activation.encode()).isEqualTo(Golden.ACTIVATION_CLAIMS.bytes());
        assertThat(Activation.decode(Golden.ACTIVATION_CLAIMS.bytes())).isEqualTo(activation);
        assertThat(activation.sign(SIGNER, OWNER_SECRET).bytes()).isEqualTo(Golden.ACTIVATION.bytes());
        assertThat(Activation.verify(Golden.ACTIVATION.bytes(), UEID, OWNER_SECRET))
                .isEqualTo(activation);
        assertThat(new ActivationRequest(4).encode()).isEqualTo(Golden.ACTIVATION_REQUEST.bytes());
        assertThat(ActivationRequest.decode(Golden.ACTIVATION_REQUEST.bytes())).isEqualTo(new ActivationRequest(4));
    }

    @Test
    void theLargestOneFitsItsLimit() {
        Server far = new Server("a".repeat(253), 65_535, new Association(FLEET.anchor(), "n".repeat(64)));
        Activation large =
                new Activation(UEID, Long.MAX_VALUE, new Terms(far, Optional.of(far), Optional.of(far.association())));
        int room = 3 * (RegisterAnswer.CERTIFICATE_SIZE_MAX - FLEET.anchor().der().length);
        assertThat(large.sign(SIGNER, OWNER_SECRET).length() + room).isLessThan(Activation.SIZE_MAX);
    }

    @Test
    void nothingOfItCanBeChanged() {
        byte[] activation = Golden.ACTIVATION.bytes();
        for (int at = 0; at < activation.length; at++) {
            byte[] damaged = activation.clone();
            damaged[at] ^= (byte) (1 << at % Byte.SIZE);
            assertThatThrownBy(() -> Activation.verify(damaged, UEID, OWNER_SECRET))
                    .as("byte %d", at)
                    .isInstanceOf(ForgedException.class);
        }
    }

    @Test
    void anOperatorCannotActivateByTheTokenThatItWasGiven() {
        try (SecretBytes token = SecretBytes.takeFrom(
                OwnerSecret.operatorToken(OWNER_SECRET, OPERATOR).bytes())) {
            byte[] activation = Samples.activation().sign(SIGNER, token).bytes();
            assertThatThrownBy(() -> Activation.verify(activation, UEID, OWNER_SECRET))
                    .isInstanceOf(ForgedException.class)
                    .hasMessageContaining("its key is not that of the device's owner");
        }
    }

    @Test
    void oneForAnotherDeviceIsRefused() {
        Ueid other = new Ueid(Opaque.hex("01" + "ee".repeat(16)));
        assertThatThrownBy(() -> Activation.verify(Golden.ACTIVATION.bytes(), other, OWNER_SECRET))
                .isInstanceOf(ForgedException.class);
        // The owner's own word about another device does not serve either.
        Activation elsewhere = new Activation(other, 4, Samples.activation().terms());
        byte[] claims = elsewhere.encode();
        byte[] signed = OwnerSigned.sign(claims, "m2me activation", UEID, SIGNER, OWNER_SECRET)
                .bytes();
        assertThatThrownBy(() -> Activation.verify(signed, UEID, OWNER_SECRET))
                .isInstanceOf(ForgedException.class)
                .hasMessageContaining("it is for " + other);
    }

    @Test
    void anOrderIsNoActivation() {
        assertThatThrownBy(() -> Activation.verify(Golden.OWNER_ORDER.bytes(), UEID, OWNER_SECRET))
                .isInstanceOf(ForgedException.class);
        assertThatThrownBy(() -> OwnerOrder.verify(Golden.ACTIVATION.bytes(), UEID, OWNER_SECRET))
                .isInstanceOf(ForgedException.class);
    }

    @Test
    void whatTheOwnerSignsMustBeWellFormedToo() {
        byte[] claims = CborMap.builder().put(2, 1).build().encode();
        byte[] signed = OwnerSigned.sign(claims, "m2me activation", UEID, SIGNER, OWNER_SECRET)
                .bytes();
        assertThatThrownBy(() -> Activation.verify(signed, UEID, OWNER_SECRET))
                .isInstanceOf(ForgedException.class)
                .hasMessageContaining("key 2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-a", "a-", "a b", "coaps://a", "[::1]", "a/b", "ä", "a:b@c"})
    void refusesAHostThatIsNone(String host) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Server(host, 5684, FLEET))
                .withMessageStartingWith("host: ");
    }

    @ParameterizedTest
    @CsvSource({
        "localhost, coaps://localhost:1",
        "127.0.0.1, coaps://127.0.0.1:1",
        "2001:db8::1, coaps://[2001:db8::1]:1"
    })
    void writesAServerAsItsAddress(String host, String text) {
        assertThat(new Server(host, 1, FLEET)).hasToString(text);
    }

    @Test
    void refusesWhatIsOutOfItsRangeNamingIt() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Server("a", 0, FLEET))
                .withMessageStartingWith("port: ");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Association(FLEET.anchor(), " "))
                .withMessageStartingWith("name: ");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Terms(new Server("a", 1, FLEET), Optional.empty(), Optional.of(FLEET)))
                .withMessageStartingWith("unknownManagement: ");
    }

    @ParameterizedTest
    @CsvSource({"a0, key 1: absent", "a10120, key 1: -1 is not in 0 to", "a2010002 00, key 2: not known here"})
    void refusesARequestNamingTheField(String cbor, String fault) {
        byte[] bytes = HexFormat.of().parseHex(cbor.replace(" ", ""));
        assertThatThrownBy(() -> ActivationRequest.decode(bytes))
                .isInstanceOf(CborException.class)
                .hasMessageStartingWith(fault);
    }
}
