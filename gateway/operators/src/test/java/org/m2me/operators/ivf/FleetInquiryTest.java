// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.ivf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.m2me.operators.ivf.IvfFixture.OPERATOR;
import static org.m2me.operators.ivf.IvfFixture.device;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.m2me.operators.Curl;
import org.m2me.operators.Ivf;
import org.m2me.operators.TestPki;
import org.m2me.operators.http.RoleServer;
import org.m2me.protocol.identity.Opaque;

/** An inquiry about a whole fleet in one message, by curl over mutual TLS. */
final class FleetInquiryTest {
    /** Every so many devices has a result: to make one for each of them would take a minute. */
    private static final int EVERY = 100;

    @TempDir
    Path directory;

    private final TestPki pki = new TestPki();
    private final Map<Integer, Opaque> results = new HashMap<>();
    private Curl curl;
    private IvfFixture world;
    private RoleServer server;

    @BeforeEach
    void start() throws Exception {
        curl = Curl.in(directory);
        world = new IvfFixture(Files.createDirectory(directory.resolve("ivf")));
        server = RoleServer.start(
                pki.identity("ivf"),
                "localhost",
                0,
                new RoleServer.Content("ivf", Map.of(Ivf.class, world.ivf), Optional.empty()));
        pki.write(directory, "sho." + OPERATOR);
        pki.write(directory, "sho.262-03");
        for (int i = 0; i < Ivf.DEVICES_MAX; i += EVERY) {
            results.put(i, world.publish(world.claims(i)));
        }
        world.permit(IntStream.range(0, Ivf.DEVICES_MAX).toArray());
    }

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
            world.close();
        }
    }

    private Curl.Said inquire(String by, String operator, int devices) throws Exception {
        String asked = IntStream.range(0, devices)
                .mapToObj(i -> "{\"device\":\"" + device(i).hex() + "\"}")
                .collect(Collectors.joining(","));
        Files.writeString(
                directory.resolve("inquiry.json"),
                "{\"inquiry\":{\"operator\":\"" + operator + "\",\"policyId\":\"" + IvfFixture.POLICY
                        + "\",\"components\":[\"agent\"],\"devices\":[" + asked + "]}}");
        URI inquire = server.uri().resolve("/v1/ivf/inquire");
        return curl.call(by, inquire, "-H", "Content-Type: application/json", "--data-binary", "@inquiry.json");
    }

    @Test
    void answersAboutTenThousandDevicesInTheOrderOfTheQuestion() throws Exception {
        Curl.Said said = inquire("sho." + OPERATOR, OPERATOR.toString(), Ivf.DEVICES_MAX);
        assertThat(said.status()).isEqualTo(200);
        List<String> answers = Arrays.asList(said.body().split("(?<=\\}),", -1));
        assertThat(answers).hasSize(Ivf.DEVICES_MAX);
        for (int i = 0; i < Ivf.DEVICES_MAX; i++) {
            Opaque result = results.get(i);
            assertThat(answers.get(i)).contains("\"device\":\"" + device(i).hex() + "\"");
            if (result == null) {
                assertThat(answers.get(i)).contains("\"standing\":\"NEVER_SEEN\"");
            } else {
                assertThat(answers.get(i))
                        .contains("\"standing\":\"VALID\"")
                        .contains(Base64.getEncoder().encodeToString(result.bytes()));
            }
        }
    }

    @Test
    void tellsAnOperatorThatNobodyPermittedNothingAboutAnyOfThem() throws Exception {
        Curl.Said said = inquire("sho.262-03", "262-03", Ivf.DEVICES_MAX);
        assertThat(said.status()).isEqualTo(200);
        assertThat(said.body().split("NOT_PERMITTED", -1)).hasSize(Ivf.DEVICES_MAX + 1);
        assertThat(said.body()).doesNotContain("VALID", "NEVER_SEEN");
    }

    @Test
    void refusesMoreDevicesAtOnceAndAnotherOperatorsName() throws Exception {
        Curl.Said tooMany = inquire("sho." + OPERATOR, OPERATOR.toString(), Ivf.DEVICES_MAX + 1);
        assertThat(tooMany.status()).isEqualTo(413);
        assertThat(tooMany.body()).isEqualTo("{\"code\":\"TOO_LARGE\"}");
        assertThat(inquire("sho.262-03", OPERATOR.toString(), 1).status()).isEqualTo(403);
    }
}
