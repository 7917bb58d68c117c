// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.tre;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.m2me.tre.TestNetwork.RANDOM;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.m2me.hal.TrustedEnvironment.Stage;
import org.m2me.protocol.aka.AkaAlgorithm;
import org.m2me.protocol.aka.AkaConstants;
import org.m2me.protocol.aka.AkaKey;
import org.m2me.protocol.aka.SqnArray;
import org.m2me.protocol.aka.SqnParameters;
import org.m2me.protocol.cbor.CborException;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.identity.Imsi;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.Activation;
import org.m2me.protocol.message.OrderAnswer;
import org.m2me.protocol.message.OwnerSecret;
import org.m2me.protocol.message.ProvisioningReport;
import org.m2me.protocol.message.RegisterAnswer;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Procedure;
import org.m2me.tre.store.SealedSlots;
import org.m2me.tre.store.Vault;

class TreStateTest {
    private static final int SEALING = 28 + 29; // of the copy: nonce, tag, header
    private static final Plmn OPERATOR = Plmn.parse("310-410");

    private final Vault vault = new Vault(SecretBytes.random(Vault.ROOT_LENGTH, RANDOM), RANDOM);

    private static Opaque bytes(int length) {
        return Opaque.of(new byte[length]);
    }

    private static Nonce nonce() {
        return Nonce.random(RANDOM);
    }

    /** A slot in which everything has its greatest length. */
    private UsimSlot slot(int number) {
        AkaKey key = new AkaKey(
                AkaAlgorithm.MILENAGE,
                SecretBytes.random(16, RANDOM),
                SecretBytes.random(16, RANDOM),
                AkaConstants.milenage(new byte[] {1, 2, 3, 4, 5}, new byte[80]));
        SqnParameters parameters = new SqnParameters(UsimSlot.IND_BITS_MAX, (1L << 43) - 1, Long.MAX_VALUE);
        long[] seq = new long[1 << UsimSlot.IND_BITS_MAX];
        Arrays.fill(seq, (1L << 43) - 1);
        return new UsimSlot(
                number,
                new UsimSlot.Identity(
                        new Imsi("310410123456789"),
                        "89014101234567890123",
                        OPERATOR,
                        "a".repeat(63),
                        Optional.of(Instant.parse("9999-12-31T23:59:59Z"))),
                SealedAkaKey.seal(key, number, OPERATOR, vault),
                SqnArray.of(parameters, seq),
                bytes(32),
                nonce(),
                true,
                true);
    }

    /** Everything at its greatest but its three certificates. */
    private HeldActivation activation() {
        Activation.Association association =
                new Activation.Association(new TestNetwork().home.certificate(), "n".repeat(64));
        Activation.Server server = new Activation.Server("a".repeat(253), 65_535, association);
        Activation.Terms terms = new Activation.Terms(server, Optional.of(server), Optional.of(association));
        Ueid device = new Ueid(Opaque.hex("01" + "ee".repeat(16)));
        return new HeldActivation(new Activation(device, Long.MAX_VALUE, terms), Optional.of(OPERATOR));
    }

    private TreState fullest() {
        List<Nonce> used = new ArrayList<>();
        List<Registrations.Serial> serials = new ArrayList<>();
        for (int i = 0; i < Registrations.USED_MAX; i++) {
            used.add(nonce());
        }
        for (int i = 0; i < Registrations.SERIALS_MAX; i++) {
            serials.add(new Registrations.Serial(new Plmn("310", "41" + i), Long.MAX_VALUE));
        }
        Registrations.Binding binding = new Registrations.Binding(OPERATOR, bytes(Credentials.CERTIFICATE_MAX));
        Credentials credentials = new Credentials(
                bytes(Credentials.CERTIFICATE_MAX),
                bytes(Credentials.CERTIFICATE_MAX),
                Collections.nCopies(Credentials.ANCHORS_MAX, bytes(Credentials.CERTIFICATE_MAX)),
                Credentials.sealSecret(vault, new byte[OwnerSecret.LENGTH]));
        Subscriptions subscriptions = new Subscriptions(List.of(slot(0), slot(1), slot(2), slot(3)), 2, 3, true);
        Orders.Ordered ordered = new Orders.Ordered(nonce(), Procedure.PRISTINE, OPERATOR, Stage.DISCARDED);
        Debts.Discarded discarded = new Debts.Discarded(nonce(), OPERATOR, Long.MAX_VALUE, Optional.of(nonce()));
        return new TreState(
                DeviceKeys.make(vault, RANDOM),
                nonce(),
                new TreState.Counters(Long.MAX_VALUE, Long.MAX_VALUE),
                Optional.of(new TreState.Personality(credentials, subscriptions)),
                new Registrations(Optional.of(new Registrations.Open(nonce(), Optional.of(binding))), used, serials),
                new Orders(Long.MAX_VALUE, Optional.of(ordered), Optional.of(activation())),
                new Debts(
                        Optional.of(new ProvisioningReport(nonce(), ResultCode.INTERNAL, Long.MAX_VALUE)),
                        Optional.of(new OrderAnswer(nonce(), ResultCode.INTERNAL, true)),
                        Collections.nCopies(Debts.RELEASES_MAX, discarded)));
    }

    @Test
    void fitsItsCopyOnTheDiskWithEverythingAtItsGreatest() {
        int room = 3 * RegisterAnswer.CERTIFICATE_SIZE_MAX;
        assertThat(fullest().encode().length + SEALING + room).isLessThanOrEqualTo(SealedSlots.SIZE_MAX);
    }

    @Test
    void comesBackFromItsEncodingAsItWas() throws CborException {
        byte[] encoded = fullest().encode();
        try (SecretBytes stored = SecretBytes.copyOf(encoded)) {
            assertThat(TreState.decode(stored).encode()).isEqualTo(encoded);
        }
    }

    @Test
    void refusesAStateOfAnotherForm() {
        try (SecretBytes foreign = SecretBytes.takeFrom(new byte[] {(byte) 0xA0})) {
            assertThatThrownBy(() -> TreState.decode(foreign)).isInstanceOf(CborException.class);
        }
    }

    @Test
    void remembersTheLatestNoncesAndOperatorsOnly() {
        Registrations registrations = Registrations.none();
        Nonce first = nonce();
        registrations = registrations.opening(first).closing();
        assertThat(registrations.hasServed(first)).isTrue();
        for (int i = 0; i < Registrations.USED_MAX; i++) {
            registrations =
                    registrations.opening(nonce()).closing().counting(new Plmn("310", String.valueOf(100 + i)), i);
        }
        assertThat(registrations.used()).hasSize(Registrations.USED_MAX);
        assertThat(registrations.hasServed(first)).isFalse();
        assertThat(registrations.serials()).hasSize(Registrations.SERIALS_MAX);
        assertThat(registrations.isOld(new Plmn("310", "115"), 15)).isTrue();
        assertThat(registrations.isOld(new Plmn("310", "115"), 16)).isFalse();
    }
}
