// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.sho;

import static org.assertj.core.api.Assertions.assertThat;
import static org.m2me.operators.World.OPERATOR;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.m2me.operators.AuthenticationCentre.VectorRequest;
import org.m2me.operators.Machine;
import org.m2me.operators.TestPki;
import org.m2me.operators.sho.profile.TestPackage;
import org.m2me.protocol.aka.AkaAlgorithm;
import org.m2me.protocol.aka.AkaConstants;
import org.m2me.protocol.aka.AuthenticationVector;
import org.m2me.protocol.aka.UsimAuthentication;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.envelope.Mcim;
import org.m2me.protocol.identity.Imsi;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.message.ResultCode;

/** The command, and what a device gets of it. */
final class ImportProfilesTest extends ShoFixture {
    private static final Imsi IMPORTED = new Imsi("262011234567895");
    private static final String EF_IMSI = "082926102143658759";
    private static final Imsi OTHER = new Imsi("262011234567896");
    private static final String ICCID = "89000123456789012341";
    private static final String CSV = "imsi,iccid,algorithm,k,opc\n";

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private int reports;

    @BeforeEach
    void writeFilesOfTheRole() throws Exception {
        pem("certificate.pem", "CERTIFICATE", context.certificate().der());
        try (SecretBytes key = context.key().pkcs8()) {
            pem("key.pem", "PRIVATE KEY", key.use(byte[]::clone));
        }
        pem("other.pem", "PRIVATE KEY", otherKey());
    }

    private byte[] otherKey() {
        try (P256PrivateKey other = P256PrivateKey.generate(world.random);
                SecretBytes key = other.pkcs8()) {
            return key.use(byte[]::clone);
        }
    }

    private void pem(String name, String label, byte[] der) throws IOException {
        TestPki.pem(directory.resolve(name), label, der);
    }

    private Path file(String name, byte[] content) throws IOException {
        return Files.write(directory.resolve(name), content);
    }

    private Path csv(String... lines) throws IOException {
        return file("some.csv", (CSV + String.join("\n", lines)).getBytes(StandardCharsets.UTF_8));
    }

    private static String line(Imsi imsi, String iccid) {
        return imsi + "," + iccid + ",milenage," + TestPackage.K + "," + TestPackage.OPC;
    }

    private int run(String key, Object... more) {
        List<String> words = new ArrayList<>(List.of(
                "--sho",
                context.directory().toString(),
                "--certificate",
                directory.resolve("certificate.pem").toString(),
                "--key",
                directory.resolve(key).toString(),
                "--report",
                directory.resolve("report-" + ++reports + ".tsv").toString()));
        for (Object word : more) {
            words.add(word.toString());
        }
        PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);
        return ImportProfiles.run(
                words.toArray(String[]::new), out, out, new ImportProfiles.World(world.clock, world.random));
    }

    private String report() throws IOException {
        return Files.readString(directory.resolve("report-" + reports + ".tsv"));
    }

    /** With constants of its own, and sequence numbers that begin at 256. */
    private static byte[] profile() {
        return new TestPackage().imsi(EF_IMSI).ownConstants().der();
    }

    private List<AuthenticationVector> vectors(Imsi imsi) throws Exception {
        return sho.vectors(new VectorRequest(imsi, "vno.262-01", 1, Optional.empty(), false));
    }

    private Mcim provisioned(Nonce nonce) throws Exception {
        validate(nonce);
        Opaque envelope = order(nonce).envelope().orElseThrow();
        report(nonce, ResultCode.OK);
        return machine.open(envelope, context.certificate());
    }

    private void assertAuthenticates(Mcim mcim) throws Exception {
        try (AuthenticationVector vector = vectors(mcim.imsi()).get(0)) {
            var answer = UsimAuthentication.answer(mcim.key().functions(), mcim.sqn(), vector.rand(), vector.autn());
            assertThat(answer).isInstanceOf(UsimAuthentication.Answer.Success.class);
            byte[] res = ((UsimAuthentication.Answer.Success) answer).secrets().res();
            assertThat(vector.xres().sameAs(res)).isTrue();
        }
    }

    @Test
    void putsAProfileIntoTheMcimOfTheNextDevice() throws Exception {
        assertThat(run("key.pem", file("one.der", profile()))).isZero();

        try (Mcim mcim = provisioned(register())) {
            assertThat(mcim.imsi()).isEqualTo(IMPORTED);
            assertThat(mcim.iccid()).isEqualTo(ICCID);
            assertThat(mcim.key().algorithm()).isEqualTo(AkaAlgorithm.MILENAGE);
            assertThat(mcim.key().k().sameAs(HexFormat.of().parseHex(TestPackage.K)))
                    .isTrue();
            assertThat(mcim.key().opc().sameAs(HexFormat.of().parseHex(TestPackage.OPC)))
                    .isTrue();
            assertThat(mcim.key().constants()).isNotEqualTo(AkaConstants.STANDARD);
            assertThat(mcim.sqn().values()).containsOnly(256);
            assertThat(mcim.sqn().parameters().delta()).isEqualTo(0x10000);
            assertAuthenticates(mcim);
        }
        assertThat(report()).contains("one.der\tleft out\tpinCodes (5)\t").doesNotContain(TestPackage.K);
        assertThat(printed.toString(StandardCharsets.UTF_8)).contains("1 imported, 0 refused");
    }

    @Test
    void refusesATestProfileByNameAndTakesItForALaboratory() throws Exception {
        Path file = file("test.der", new TestPackage().imsi(EF_IMSI).der());

        assertThat(run("key.pem", file)).isEqualTo(1);
        assertThat(report())
                .contains("test.der\trefused\talgorithmID\tusim-test-algorithm")
                .contains("--test-algorithms");
        assertThat(count("imported")).isZero();

        assertThat(run("key.pem", "--test-algorithms", file)).isZero();
        try (Mcim mcim = provisioned(register())) {
            assertThat(mcim.key().algorithm()).isEqualTo(AkaAlgorithm.XOR);
            assertAuthenticates(mcim);
        }
    }

    @Test
    void refusesNumbersThatAreThereAndThoseOfAnotherNetworkByName() throws Exception {
        assertThat(run("key.pem", file("one.der", profile()))).isZero();

        int status = run(
                "key.pem",
                file("again.der", profile()),
                csv(
                        line(OTHER, ICCID),
                        line(OTHER, "8900012345678901235"),
                        line(OTHER, "8900012345678901236"),
                        line(new Imsi("901700000000001"), "8900012345678901237")));

        assertThat(status).isEqualTo(1);
        assertThat(report())
                .contains("again.der\trefused\tIMSI " + IMPORTED + "\tthere is a subscription with it")
                .contains("some.csv:2\trefused\tICCID " + ICCID + "\tis that of IMSI " + IMPORTED)
                .contains("some.csv:4\trefused\tIMSI " + OTHER + "\tthere is")
                .contains("some.csv:5\trefused\tIMSI 901700000000001\tis of another network than 262-01");
        assertThat(count("imported")).isEqualTo(2);
    }

    @Test
    void keepsNothingOfAFileThatTheDiskHasNoRoomFor() throws Exception {
        Path file = csv(line(IMPORTED, "8900012345678901235"), line(OTHER, "8900012345678901236"));
        restart(settings, () -> world.fill("sho." + OPERATOR, "sho.db", "imported WHEN NEW.imsi = '" + OTHER + "'"));

        assertThat(run("key.pem", file)).isEqualTo(2);
        assertThat(printed.toString(StandardCharsets.UTF_8)).contains("disk full");
        assertThat(count("imported")).isZero();

        restart(settings, () -> world.free("sho." + OPERATOR, "sho.db"));
        assertThat(run("key.pem", file)).isZero();
        assertThat(count("imported")).isEqualTo(2);
    }

    @Test
    void neverMakesASubscriptionWithAnImsiThatWasImported() throws Exception {
        assertThat(run("key.pem", csv(line(FIRST, "8900012345678901235")))).isZero();
        Machine second = new Machine(world.random);
        sho.contract(contract(second));
        Nonce one = register();
        validate(one);
        Nonce two = register(second);
        sho.validated(validation(two, second.result(world.clock.instant())));
        order(two);

        assertThat(world.number("sho." + OPERATOR, "sho.db", "SELECT COUNT(DISTINCT imsi) FROM registration"))
                .isEqualTo(2);
        report(one, ResultCode.STORE_FAILED);
        assertThat(count("pool")).isZero();
        assertThat(run("key.pem", csv(line(FIRST, "8900012345678901236")))).isEqualTo(1);
    }

    @Test
    void refusesAKeyThatTheRoleWouldNotOpenItWith() throws Exception {
        assertThat(run("other.pem", csv(line(IMPORTED, ICCID)))).isEqualTo(2);
        assertThat(run("key.pem", csv(line(IMPORTED, ICCID)))).isZero();
        P256PrivateKey renewed = P256PrivateKey.generate(world.random);
        pem(
                "certificate.pem",
                "CERTIFICATE",
                world.certify("sho." + OPERATOR, renewed).der());
        try (SecretBytes key = renewed.pkcs8()) {
            pem("renewed.pem", "PRIVATE KEY", key.use(byte[]::clone));
        }

        assertThat(run("renewed.pem", csv(line(OTHER, "8900012345678901236")))).isEqualTo(2);
        assertThat(printed.toString(StandardCharsets.UTF_8)).contains("the role's key changed");
        assertThat(count("imported")).isEqualTo(1);
    }

    @Test
    void saysWhatItNeeds() throws Exception {
        PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);
        for (String[] words : new String[][] {{}, {"--sho"}, {"--sho", "/nowhere", "x"}, {"--verbose"}}) {
            assertThat(ImportProfiles.run(words, out, out, new ImportProfiles.World(world.clock, world.random)))
                    .isEqualTo(2);
        }
        assertThat(run("key.pem")).isEqualTo(2);
        assertThat(run("absent.pem", "x")).isEqualTo(2);
        assertThat(run("key.pem", directory.resolve("absent.der"))).isEqualTo(1);
        assertThat(report()).contains("absent.der\trefused\tfile\tcannot be read");
        reports--; // the same report again
        assertThat(run("key.pem", directory.resolve("absent.der"))).isEqualTo(2);
        assertThat(ImportProfiles.run(
                        new String[] {"--help"}, out, out, new ImportProfiles.World(world.clock, world.random)))
                .isZero();
        assertThat(run("key.pem", file("noise.bin", new byte[] {1, 2, 3}))).isEqualTo(1);
    }
}
