// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.tre;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.m2me.tre.TestNetwork.RANDOM;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.m2me.hal.TrustException;
import org.m2me.hal.TrustedEnvironment;
import org.m2me.hal.TrustedEnvironmentProvider;
import org.m2me.hal.TrustedEnvironmentProvider.Blank;
import org.m2me.hal.TrustedEnvironmentProvider.Personalisation;
import org.m2me.protocol.crypto.P256PublicKey;
import org.m2me.protocol.message.ResultCode;

class ManufactureTest {
    @TempDir
    private Path directory;

    private final TestNetwork network = new TestNetwork();
    private final TrustedEnvironmentProvider provider = ServiceLoader.load(TrustedEnvironmentProvider.class).stream()
            .map(ServiceLoader.Provider::get)
            .filter(it -> it.name().equals("soft"))
            .findFirst()
            .orElseThrow();

    private void assertRefused(ResultCode code, Personalisation parts) throws IOException, TrustException {
        TrustException refused =
                assertThrows(TrustException.class, () -> provider.personalise(directory, parts, RANDOM));
        assertThat(TestNetwork.code(refused)).isEqualTo(code);
        assertThatThrownBy(() -> provider.open(directory, RANDOM)).isInstanceOf(TrustException.class);
    }

    @Test
    void makesPersonalisesAndOpensADevice() throws Exception {
        Blank blank = provider.make(directory, RANDOM);
        Personalisation parts = network.personalisation(blank);
        provider.personalise(directory, parts, RANDOM);
        try (TrustedEnvironment environment = provider.open(directory, RANDOM)) {
            assertThat(environment.ueid()).isEqualTo(blank.ueid());
            assertThat(environment.pcid()).isEqualTo(TestNetwork.PCID);
            assertThat(environment.pcidApn()).isEqualTo(TestNetwork.PCID_APN);
            assertThat(environment.transportCertificate()).isEqualTo(parts.transportCertificate());
            assertThat(environment.anchors()).containsExactlyElementsOf(parts.anchors());
            assertThat(environment.active()).isEmpty();
            assertThat(environment.owedReport()).isEmpty();
            assertThat(environment.bootCount()).isEqualTo(1);
        }
        try (TrustedEnvironment again = provider.open(directory, RANDOM)) {
            assertThat(again.bootCount()).isEqualTo(2);
        }
    }

    @Test
    void keepsItsFilesToTheirOwner() throws IOException {
        Path fresh = directory.resolve("a/b");
        provider.make(fresh, RANDOM);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(fresh)))
                .isEqualTo("rwx------");
        try (var files = Files.list(fresh)) {
            assertThat(files)
                    .hasSize(3)
                    .allSatisfy(file -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                            .isEqualTo("rw-------"));
        }
    }

    @Test
    void makesThreeDifferentKeysAndAnotherDeviceEachTime() throws IOException {
        Blank one = provider.make(directory.resolve("one"), RANDOM);
        Blank two = provider.make(directory.resolve("two"), RANDOM);
        assertThat(List.of(
                        one.platformKey(),
                        one.transportKey(),
                        one.agreementKey(),
                        two.platformKey(),
                        two.transportKey(),
                        two.agreementKey(),
                        one.ueid(),
                        two.ueid(),
                        one.pcidNonce(),
                        two.pcidNonce()))
                .doesNotHaveDuplicates();
    }

    @Test
    void makesNothingInADirectoryThatIsNotEmpty() throws IOException {
        Blank made = provider.make(directory, RANDOM);
        assertThatThrownBy(() -> provider.make(directory, RANDOM))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("not empty");
        assertThat(made.ueid()).hasSize(17);
    }

    @Test
    void opensNothingWhereNothingWasMadeAndLeavesNoTrace() throws IOException {
        TrustException refused = assertThrows(TrustException.class, () -> provider.open(directory, RANDOM));
        assertThat(TestNetwork.code(refused)).isEqualTo(ResultCode.NOT_FOUND);
        assertThat(provider.make(directory, RANDOM).ueid()).hasSize(17);
    }

    @Test
    void opensNoDeviceThatWasMadeAndNotPersonalised() throws IOException {
        assertThat(provider.make(directory, RANDOM).ueid()).hasSize(17);
        TrustException refused = assertThrows(TrustException.class, () -> provider.open(directory, RANDOM));
        assertThat(refused).hasMessageContaining("personalise");
    }

    @Test
    void opensOnceAtATime() throws Exception {
        provider.personalise(directory, network.personalisation(provider.make(directory, RANDOM)), RANDOM);
        TrustedEnvironment first = provider.open(directory, RANDOM);
        assertThatThrownBy(() -> provider.open(directory, RANDOM))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("open already");
        first.close();
        provider.open(directory, RANDOM).close();
    }

    @Test
    void isPersonalisedOnce() throws Exception {
        Blank blank = provider.make(directory, RANDOM);
        provider.personalise(directory, network.personalisation(blank), RANDOM);
        TrustException refused = assertThrows(
                TrustException.class, () -> provider.personalise(directory, network.personalisation(blank), RANDOM));
        assertThat(TestNetwork.code(refused)).isEqualTo(ResultCode.FORBIDDEN);
    }

    @Test
    void refusesCertificatesThatDoNotFitItsKeysOrItsName() throws Exception {
        Blank blank = provider.make(directory, RANDOM);
        Personalisation right = network.personalisation(blank);
        Blank stranger = provider.make(directory.resolve("stranger"), RANDOM);
        assertRefused(
                ResultCode.CREDENTIAL_INVALID,
                parts(right, right.transportCertificate(), right.transportCertificate(), right.anchors()));
        assertRefused(
                ResultCode.CREDENTIAL_INVALID,
                parts(right, right.platformCertificate(), right.platformCertificate(), right.anchors()));
        assertRefused(
                ResultCode.CREDENTIAL_INVALID,
                parts(
                        right,
                        network.deviceCertificate(stranger.ueid(), blank.platformKey()),
                        right.transportCertificate(),
                        right.anchors()));
        assertRefused(
                ResultCode.CREDENTIAL_INVALID,
                parts(right, new byte[10], right.transportCertificate(), right.anchors()));
        assertRefused(ResultCode.TOO_LARGE, parts(right, new byte[901], right.transportCertificate(), right.anchors()));
    }

    private static Personalisation parts(
            Personalisation right, byte[] platform, byte[] transport, List<byte[]> anchors) {
        return new Personalisation(
                platform, transport, anchors, right.supplierCertificate(), right.pcidEnvelope(), right.ownerSecret());
    }

    @Test
    void refusesAnchorsThatAreNoneOrNotAuthoritiesOrTooMany() throws Exception {
        Personalisation right = network.personalisation(provider.make(directory, RANDOM));
        byte[] anchor = right.anchors().get(0);
        for (List<byte[]> anchors : List.of(List.<byte[]>of(), List.of(anchor, anchor, anchor, anchor))) {
            assertRefused(
                    ResultCode.MALFORMED,
                    parts(right, right.platformCertificate(), right.transportCertificate(), anchors));
        }
        assertRefused(
                ResultCode.CREDENTIAL_INVALID,
                parts(right, right.platformCertificate(), right.transportCertificate(), List.of(network.home.der())));
    }

    @Test
    void refusesAPcidThatIsNotForItOrNotFromItsSupplier() throws Exception {
        Blank blank = provider.make(directory, RANDOM);
        Personalisation right = network.personalisation(blank);
        Blank stranger = provider.make(directory.resolve("stranger"), RANDOM);
        assertRefused(ResultCode.MCIM_NONCE, withPcid(right, network.pcidEnvelope(blank, stranger.pcidNonce())));
        assertRefused(ResultCode.MCIM_WRONG_DEVICE, withPcid(right, network.pcidEnvelope(stranger, blank.pcidNonce())));
        Blank renamed = new Blank(
                stranger.ueid(), blank.platformKey(), blank.transportKey(), blank.agreementKey(), blank.pcidNonce());
        assertRefused(ResultCode.MCIM_WRONG_DEVICE, withPcid(right, network.pcidEnvelope(renamed, blank.pcidNonce())));
        assertRefused(
                ResultCode.MCIM_WRONG_OPERATOR,
                withPcid(right, new TestNetwork().pcidEnvelope(blank, blank.pcidNonce())));
        assertRefused(ResultCode.MCIM_DAMAGED, withPcid(right, new byte[100]));
        assertRefused(ResultCode.MCIM_TOO_LARGE, withPcid(right, new byte[5000]));
    }

    private static Personalisation withPcid(Personalisation right, byte[] envelope) {
        return new Personalisation(
                right.platformCertificate(),
                right.transportCertificate(),
                right.anchors(),
                right.supplierCertificate(),
                envelope,
                right.ownerSecret());
    }

    @Test
    void refusesAnOwnersTokenOfAnotherLength() throws Exception {
        Personalisation right = network.personalisation(provider.make(directory, RANDOM));
        assertRefused(
                ResultCode.MALFORMED,
                new Personalisation(
                        right.platformCertificate(),
                        right.transportCertificate(),
                        right.anchors(),
                        right.supplierCertificate(),
                        right.pcidEnvelope(),
                        new byte[15]));
    }

    @Test
    void signsHandshakesWithTheTransportKeyOnly() throws Exception {
        Blank blank = provider.make(directory, RANDOM);
        provider.personalise(directory, network.personalisation(blank), RANDOM);
        byte[] digest = new byte[32];
        try (TrustedEnvironment environment = provider.open(directory, RANDOM)) {
            byte[] signature = environment.signTransport(digest);
            assertThat(P256PublicKey.ofSpki(blank.transportKey()).verifyDigest(digest, signature))
                    .isTrue();
            assertThat(P256PublicKey.ofSpki(blank.platformKey()).verifyDigest(digest, signature))
                    .isFalse();
            assertThatThrownBy(() -> environment.signTransport(new byte[31]))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
