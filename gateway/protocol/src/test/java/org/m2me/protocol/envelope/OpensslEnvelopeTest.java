// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.envelope;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.m2me.protocol.DebianProgram;
import org.m2me.protocol.Pem;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.pki.CertificateAuthority.Usage;
import org.m2me.protocol.pki.TestPki;

/** Envelopes that openssl opens, and envelopes that it made. */
final class OpensslEnvelopeTest {
    private final DebianProgram openssl = DebianProgram.require("openssl", "openssl");
    private final SecureRandom random = new SecureRandom();
    private final TestPki pki = new TestPki("operators");
    private final P256PrivateKey operator = pki.newKey();
    private final P256PrivateKey device = pki.newKey();
    private final McimEnvelope envelopes = new CmsMcimEnvelope(random);
    private final Mcim mcim = TestMcim.milenage(random);

    @TempDir
    private Path folder;

    @BeforeEach
    void writeKeysAndCertificates() throws Exception {
        Pem.write(folder.resolve("root.pem"), pki.root());
        Pem.write(folder.resolve("sho.pem"), pki.issue("sho.262-42", operator.publicKey(), Usage.ROLE));
        Pem.write(folder.resolve("sho.key"), operator);
        // A role's certificate, because it names its key by 20 bytes; a device's agreement key has none in the field.
        Pem.write(folder.resolve("device.pem"), pki.issue("device", device.publicKey(), Usage.ROLE));
        Pem.write(folder.resolve("device.key"), device);
    }

    @AfterEach
    void closeMcim() {
        mcim.close();
    }

    @Test
    void verifiesAndOpensOurs() throws Exception {
        Files.write(folder.resolve("envelope.der"), envelopes.seal(mcim, device.publicKey(), operator));

        DebianProgram.Output verified = openssl.run(
                folder,
                "cms",
                "-verify",
                "-inform",
                "DER",
                "-in",
                "envelope.der",
                "-certfile",
                "sho.pem",
                "-CAfile",
                "root.pem",
                "-purpose",
                "any",
                "-binary",
                "-out",
                "sealed.der");
        assertThat(verified.text()).containsIgnoringCase("verification successful");
        DebianProgram.Output opened = openssl.run(
                folder,
                "cms",
                "-decrypt",
                "-inform",
                "DER",
                "-in",
                "sealed.der",
                "-recip",
                "device.pem",
                "-inkey",
                "device.key",
                "-binary",
                "-out",
                "mcim.cbor");
        assertThat(opened.status()).as(opened.text()).isZero();
        try (SecretBytes cbor = mcim.encode()) {
            assertThat(cbor.sameAs(Files.readAllBytes(folder.resolve("mcim.cbor"))))
                    .isTrue();
        }
    }

    @Test
    void makesOneThatWeOpen() throws Exception {
        try (SecretBytes cbor = mcim.encode()) {
            Files.write(folder.resolve("mcim.cbor"), cbor.use(byte[]::clone));
        }
        DebianProgram.Output sealed = openssl.run(
                folder,
                "cms",
                "-encrypt",
                "-aes-128-gcm",
                "-keyid",
                "-recip",
                "device.pem",
                "-keyopt",
                "ecdh_kdf_md:sha256",
                "-binary",
                "-in",
                "mcim.cbor",
                "-outform",
                "DER",
                "-out",
                "sealed.der");
        assertThat(sealed.status()).as(sealed.text()).isZero();
        DebianProgram.Output signed = openssl.run(
                folder,
                "cms",
                "-sign",
                "-nodetach",
                "-binary",
                "-noattr",
                "-nocerts",
                "-keyid",
                "-md",
                "sha256",
                "-signer",
                "sho.pem",
                "-inkey",
                "sho.key",
                "-in",
                "sealed.der",
                "-outform",
                "DER",
                "-out",
                "envelope.der");
        assertThat(signed.status()).as(signed.text()).isZero();

        byte[] envelope = Files.readAllBytes(folder.resolve("envelope.der"));
        try (Mcim opened = envelopes.open(envelope, operator.publicKey(), device)) {
            assertThat(TestMcim.same(opened, mcim)).isTrue();
        }
    }
}
