// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.crypto;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import org.bouncycastle.crypto.signers.StandardDSAEncoding;
import org.bouncycastle.util.BigIntegers;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.m2me.protocol.DebianProgram;

/** OpenSSL reads our keys, verifies our signatures, and agrees on the same secrets. */
class OpenSslTest {
    private static final BigInteger ORDER = P256.DOMAIN.getN();

    @TempDir
    private Path folder;

    private final P256PrivateKey key = P256PrivateKey.generate(new SecureRandom());
    private DebianProgram openssl;

    @BeforeEach
    void findOpenSsl() {
        openssl = DebianProgram.require("openssl", "openssl");
    }

    @Test
    void verifiesOurSignature() throws Exception {
        byte[] data = "what is signed".getBytes(UTF_8);
        byte[] signature = key.signDigest(Hashes.sha256(data));
        Files.write(folder.resolve("data"), data);
        Files.write(folder.resolve("signature"), der(signature));
        writePem("key.pem", "PUBLIC KEY", key.publicKey().spki());
        String[] verify = {"dgst", "-sha256", "-verify", "key.pem", "-signature", "signature", "data"};
        assertThat(openssl.run(folder, verify).text()).contains("Verified OK");

        Files.write(folder.resolve("data"), "something else".getBytes(UTF_8));
        assertThat(openssl.run(folder, verify).text()).doesNotContain("Verified OK");
    }

    @Test
    void signsWhatWeVerify() throws Exception {
        byte[] data = "what is signed".getBytes(UTF_8);
        Files.write(folder.resolve("data"), data);
        writePrivate("key.pem", key);
        var signed = openssl.run(folder, "dgst", "-sha256", "-sign", "key.pem", "-out", "signature", "data");
        assertThat(signed.status()).as(signed.text()).isZero();
        BigInteger[] rs = StandardDSAEncoding.INSTANCE.decode(ORDER, Files.readAllBytes(folder.resolve("signature")));
        byte[] raw = new byte[64];
        System.arraycopy(BigIntegers.asUnsignedByteArray(32, rs[0]), 0, raw, 0, 32);
        System.arraycopy(BigIntegers.asUnsignedByteArray(32, rs[1]), 0, raw, 32, 32);
        assertThat(key.publicKey().verifyDigest(Hashes.sha256(data), raw)).isTrue();
    }

    @Test
    void agreesOnTheSameSecret() throws Exception {
        P256PrivateKey peer = P256PrivateKey.generate(new SecureRandom());
        writePrivate("key.pem", key);
        writePem("peer.pem", "PUBLIC KEY", peer.publicKey().spki());
        var derived = openssl.run(
                folder, "pkeyutl", "-derive", "-inkey", "key.pem", "-peerkey", "peer.pem", "-out", "secret");
        assertThat(derived.status()).as(derived.text()).isZero();
        try (SecretBytes ours = peer.agree(key.publicKey())) {
            assertThat(ours.sameAs(Files.readAllBytes(folder.resolve("secret"))))
                    .isTrue();
        }
    }

    @Test
    void makesKeysThatWeRead() throws Exception {
        String[] generate = {"genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"};
        var pem = openssl.run(folder, generate);
        Files.writeString(folder.resolve("key.pem"), pem.text());
        String[] toDer = {"pkcs8", "-topk8", "-nocrypt", "-in", "key.pem", "-outform", "DER", "-out", "key.der"};
        assertThat(openssl.run(folder, toDer).status()).isZero();
        String[] toPublic = {"pkey", "-in", "key.pem", "-pubout", "-outform", "DER", "-out", "public.der"};
        assertThat(openssl.run(folder, toPublic).status()).isZero();
        try (SecretBytes der = SecretBytes.takeFrom(Files.readAllBytes(folder.resolve("key.der")));
                P256PrivateKey read = P256PrivateKey.ofPkcs8(der)) {
            byte[] spki = Files.readAllBytes(folder.resolve("public.der"));
            assertThat(read.publicKey()).isEqualTo(P256PublicKey.ofSpki(spki));
        }
    }

    private void writePrivate(String name, P256PrivateKey privateKey) throws Exception {
        try (SecretBytes pkcs8 = privateKey.pkcs8()) {
            writePem(name, "PRIVATE KEY", pkcs8.use(byte[]::clone));
        }
    }

    private void writePem(String name, String kind, byte[] der) throws Exception {
        String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        Files.writeString(
                folder.resolve(name), "-----BEGIN " + kind + "-----\n" + base64 + "\n-----END " + kind + "-----\n");
    }

    private static byte[] der(byte[] signature) throws Exception {
        return StandardDSAEncoding.INSTANCE.encode(
                ORDER, new BigInteger(1, signature, 0, 32), new BigInteger(1, signature, 32, 32));
    }
}
