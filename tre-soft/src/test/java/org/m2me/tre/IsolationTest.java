// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.tre;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.m2me.tre.TestNetwork.HEX;
import static org.m2me.tre.TestNetwork.RANDOM;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.m2me.hal.TrustedEnvironment;
import org.m2me.hal.TrustedEnvironmentProvider.Blank;
import org.m2me.protocol.aka.AkaKey;
import org.m2me.protocol.aka.SqnParameters;
import org.m2me.protocol.crypto.Aead;
import org.m2me.protocol.crypto.ForgedException;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.crypto.P256PublicKey;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Ueid;
import org.m2me.tre.store.DirectoryDisk;
import org.m2me.tre.store.Vault;

/** What is sealed opens for nobody else: not on the disk, not in another operator's slot. */
class IsolationTest {
    @TempDir
    private Path directory;

    private final TestNetwork network = new TestNetwork();

    @Test
    void opensTheKeyOfOneOperatorInNoOtherSlotAndForNoOtherOperator() throws Exception {
        Vault vault = new Vault(SecretBytes.random(Vault.ROOT_LENGTH, RANDOM), RANDOM);
        AkaKey key = TestNetwork.freshKey();
        SealedAkaKey sealed = SealedAkaKey.seal(key, 1, network.home.plmn(), vault);
        try (AkaKey opened = sealed.open(1, network.home.plmn(), vault)) {
            assertThat(hex(opened.k())).isEqualTo(hex(key.k()));
            assertThat(hex(opened.opc())).isEqualTo(hex(key.opc()));
        }
        assertThatThrownBy(() -> sealed.open(2, network.home.plmn(), vault)).isInstanceOf(ForgedException.class);
        assertThatThrownBy(() -> sealed.open(1, network.other.plmn(), vault)).isInstanceOf(ForgedException.class);
        SealedAkaKey others = SealedAkaKey.seal(key, 1, network.other.plmn(), vault);
        SealedAkaKey mixed = new SealedAkaKey(others.slotKey(), sealed.sealed());
        assertThatThrownBy(() -> mixed.open(1, network.other.plmn(), vault)).isInstanceOf(ForgedException.class);
    }

    @Test
    void losesAKeyForGoodWithTheRandomKeyOfItsSlot() {
        Vault vault = new Vault(SecretBytes.random(Vault.ROOT_LENGTH, RANDOM), RANDOM);
        SealedAkaKey sealed = SealedAkaKey.seal(TestNetwork.freshKey(), 1, network.home.plmn(), vault);
        SealedAkaKey again = SealedAkaKey.seal(TestNetwork.freshKey(), 1, network.home.plmn(), vault);
        // The root is still there, and so is the ciphertext; a new key of the slot opens it no more.
        SealedAkaKey erased = new SealedAkaKey(again.slotKey(), sealed.sealed());
        assertThatThrownBy(() -> erased.open(1, network.home.plmn(), vault)).isInstanceOf(ForgedException.class);
    }

    @Test
    void writesNoSecretToTheDiskInClear() throws Exception {
        SoftTrustedEnvironmentProvider provider = new SoftTrustedEnvironmentProvider();
        Blank blank = provider.make(directory, RANDOM);
        provider.personalise(directory, network.personalisation(blank), RANDOM);
        AkaKey key = TestNetwork.freshKey();
        try (TrustedEnvironment environment = provider.open(directory, RANDOM)) {
            Nonce registration = TestNetwork.register(environment, network.home);
            TestDevice.Order order = new TestDevice.Order(
                    new Ueid(Opaque.of(blank.ueid())),
                    network.home.plmn(),
                    registration,
                    1,
                    key,
                    SqnParameters.DEFAULT,
                    TestNetwork.operatorToken(network.home.plmn()));
            environment.install(
                    TestNetwork.seal(order.mcim(), P256PublicKey.ofSpki(blank.agreementKey()), network.home.key()));
            assertThat(environment.active()).isPresent();
        }
        List<String> secrets = List.of(
                hex(key.k()),
                hex(key.opc()),
                hex(network.pcidKey.k()),
                hex(network.pcidKey.opc()),
                TestNetwork.OWNER_SECRET.hex(),
                text(TestNetwork.PCID),
                text("262010000000042"),
                scalar(DeviceKeys.Use.PLATFORM),
                scalar(DeviceKeys.Use.TRANSPORT),
                scalar(DeviceKeys.Use.AGREEMENT));
        try (var files = Files.list(directory)) {
            for (Path file : files.toList()) {
                assertThat(HEX.formatHex(Files.readAllBytes(file)))
                        .as(file.toString())
                        .doesNotContain(secrets);
            }
        }
    }

    private static String hex(SecretBytes secret) {
        return secret.use(HEX::formatHex);
    }

    private static String text(String digits) {
        return HEX.formatHex(digits.getBytes(StandardCharsets.US_ASCII));
    }

    private String scalar(DeviceKeys.Use use) throws Exception {
        try (Memory memory = Memory.open(new DirectoryDisk(directory), RANDOM);
                P256PrivateKey key = memory.state().keys().open(memory.vault(), use);
                SecretBytes scalar = key.scalar()) {
            return hex(scalar);
        }
    }

    @Test
    void sealsASecretAnewEachTime() throws IOException {
        Vault vault = new Vault(SecretBytes.random(Vault.ROOT_LENGTH, RANDOM), RANDOM);
        byte[] purpose = Vault.purpose("twice");
        Opaque one = vault.seal(purpose, new byte[16]);
        assertThat(one).isNotEqualTo(vault.seal(purpose, new byte[16]));
        assertThat(one.length()).isEqualTo(16 + Aead.OVERHEAD);
    }
}
