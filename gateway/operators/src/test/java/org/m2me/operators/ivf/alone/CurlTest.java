// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.ivf.alone;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.m2me.operators.Curl;
import org.m2me.operators.DebianProgram;
import org.m2me.operators.TestPki;

/** As in the module's README: over mutual TLS, with curl as the verifier and as the operator. */
final class CurlTest {
    private static final String DEVICE = "01" + "a7".repeat(16);

    @TempDir
    Path directory;

    private final TestPki pki = new TestPki();
    private Curl curl;
    private Path signer;
    private StandAlone alone;

    @BeforeEach
    void start() throws Exception {
        DebianProgram.require("python3", "python3");
        DebianProgram.require("openssl", "openssl");
        curl = Curl.in(directory);
        signer = Path.of(CurlTest.class.getResource("ear.py").toURI());
        for (String name : new String[] {"ivf", "verifier", "operator", "neighbour"}) {
            pki.write(directory, name);
        }
        run("openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", "ear.key");
        run("openssl", "pkey", "-in", "ear.key", "-pubout", "-out", "ear.pub");
        Files.writeString(directory.resolve("ivf.properties"), """
                listen = localhost:0
                tls.certificate = ivf.pem
                tls.key = ivf.key
                tls.clients = ca.pem
                publishers = verifier
                readers = operator, verifier
                issuer.corp = ear.pub
                """);
        alone = StandAlone.start(directory.resolve("ivf.properties"), Clock.systemUTC());
    }

    @AfterEach
    void stop() {
        if (alone != null) {
            alone.close();
        }
    }

    private byte[] run(String... command) throws Exception {
        return DebianProgram.output(directory, command);
    }

    private URI result(String query) {
        return URI.create(alone.uri() + "/results/" + DEVICE + query);
    }

    private Curl.Said put(String by, String... options) throws Exception {
        String[] signing = new String[5 + options.length];
        System.arraycopy(new String[] {"python3", signer.toString(), "jwt", "ear.key", DEVICE}, 0, signing, 0, 5);
        System.arraycopy(options, 0, signing, 5, options.length);
        Files.write(directory.resolve("ear.jwt"), run(signing));
        return curl.call(by, result(""), "-X", "PUT", "--data-binary", "@ear.jwt");
    }

    @Test
    void takesATokenFromTheVerifierAndGivesItToAnOperator() throws Exception {
        assertThat(curl.call("operator", result("")).status()).isEqualTo(404);
        Curl.Said taken = put("verifier", "status=32", "policy=p1");
        assertThat(taken.status()).as(taken.body()).isEqualTo(200);

        Curl.Said read = curl.call("operator", result("?policy=p1"));
        assertThat(read.status()).isEqualTo(200);
        assertThat(read.body())
                .contains("\"standing\":\"VALID\"", "\"status\":\"warning\"", "\"issuer\":\"corp\"")
                .contains("\"jwt\":\""
                        + Files.readString(directory.resolve("ear.jwt")).strip() + "\"");
        assertThat(curl.call("operator", result("?policy=p2")).body()).contains("OTHER_POLICY");

        assertThat(curl.call("verifier", result(""), "-X", "DELETE").status()).isEqualTo(200);
        assertThat(curl.call("operator", result("")).body()).contains("REVOKED").doesNotContain("jwt");
    }

    @Test
    void tellsCallersApartByTheirCertificates() throws Exception {
        Curl.Said byReader = put("operator");
        assertThat(byReader.status()).isEqualTo(403);
        assertThat(byReader.body()).contains("'operator' may not do this");
        assertThat(put("verifier").status()).isEqualTo(200);
        assertThat(curl.call("neighbour", result("")).status()).isEqualTo(403);
        assertThat(curl.call("operator", result(""), "-X", "DELETE").status()).isEqualTo(403);
        assertThat(curl.call("operator", result("")).status()).isEqualTo(200);
    }

    @Test
    void speaksToNobodyWithoutACertificateOfItsAuthority() throws Exception {
        assertThat(curl.callWithout(result("")).status()).isZero();
        Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
        new TestPki().write(elsewhere, "operator");
        assertThat(curl.callWithout(result(""), "--cert", "elsewhere/operator.pem", "--key", "elsewhere/operator.key")
                        .status())
                .isZero();
        assertThat(curl.callWithout(
                                result(""),
                                "--cert",
                                "operator.pem",
                                "--key",
                                "operator.key",
                                "--cacert",
                                "elsewhere/ca.pem")
                        .status())
                .as("curl believes another authority")
                .isZero();
    }
}
