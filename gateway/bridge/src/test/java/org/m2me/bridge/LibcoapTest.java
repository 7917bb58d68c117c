// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.m2me.bridge.device.Limits;
import org.m2me.bridge.device.Tally.Count;
import org.m2me.bridge.role.DeviceRole;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.DeviceResource;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.message.Verdict;

/** Debian's coap-client as a device, with each of the two DTLS libraries that it is built with. */
class LibcoapTest {
    private static final String CBOR = "60"; // RFC 7252 12.3, application/cbor
    private static final long TIME_LIMIT_SECONDS = 60; // an exchange takes some hundred milliseconds
    private static final String ANSWER_WAIT_SECONDS = "20";

    @TempDir
    Path folder;

    private final TestClock clock = new TestClock();
    private final TestPki pki = new TestPki(clock);
    private final Ueid ueid = pki.ueid();
    private TestRole drf;
    private TestRole pva;
    private TestRole dpf;
    private TestRole subscriber;
    private Bridge bridge;

    @BeforeEach
    void start() throws IOException {
        drf = new TestRole("drf.901-70", pki);
        pva = new TestRole("pva", pki);
        dpf = new TestRole("dpf.901-70", pki);
        subscriber = new TestRole("subscriber.fleet", pki);
        TestPki.Identity own = pki.role("gateway");
        bridge = new Bridge(
                new BridgeSettings(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        7,
                        Map.of(
                                DeviceRole.DRF, drf.address(),
                                DeviceRole.PVA, pva.address(),
                                DeviceRole.DPF, dpf.address(),
                                DeviceRole.SUBSCRIBER, subscriber.address()),
                        Limits.DEFAULT),
                new BridgeIdentity(own.certificate(), own.key(), pki.operatorAnchors(), pki.supplierAnchors()),
                clock);
        bridge.start();
        identity(pki.device(ueid));
        pem("operators.pem", "CERTIFICATE", pki.operatorAnchors().get(0).der());
    }

    @AfterEach
    void stop() {
        bridge.close();
        drf.close();
        pva.close();
        dpf.close();
        subscriber.close();
    }

    private void identity(TestPki.Identity device) throws IOException {
        pem("device.pem", "CERTIFICATE", device.certificate().der());
        try (SecretBytes key = device.key().pkcs8()) {
            pem("device.key", "PRIVATE KEY", key.use(byte[]::clone));
        }
    }

    private void pem(String name, String label, byte[] der) throws IOException {
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        Files.writeString(
                folder.resolve(name), "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n");
    }

    private static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    @ParameterizedTest
    @ValueSource(strings = {"coap-client-openssl", "coap-client-gnutls"})
    void findsWhatThereIs(String client) throws Exception {
        String links = run(client, ".well-known/core", "-m", "get");

        for (DeviceResource resource : DeviceResource.values()) {
            assertThat(links).contains("</" + resource.path() + ">");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"coap-client-openssl", "coap-client-gnutls"})
    void exchangesMessagesOfEverySize(String client) throws Exception {
        drf.answers(DeviceResource.REGISTER, bytes(400));
        pva.answers(DeviceResource.EVIDENCE, new Verdict(ResultCode.OK).encode());
        dpf.hasMailFor(ueid, bytes(3_000));

        assertThat(body(client, "r", bytes(30))).isEqualTo(bytes(400));
        assertThat(body(client, "e", bytes(2_000))).isEqualTo(new Verdict(ResultCode.OK).encode());
        run(client, "m", "-m", "get", "-o", "answer");
        assertThat(Files.readAllBytes(folder.resolve("answer"))).isEqualTo(bytes(3_000));

        assertThat(asked(drf, "r")).singleElement().isEqualTo(bytes(30));
        assertThat(asked(pva, "e")).singleElement().isEqualTo(bytes(2_000));
    }

    /** The bodies that a role got for one resource. */
    private List<byte[]> asked(TestRole role, String resource) {
        return role.asked.stream()
                .filter(asked -> asked.path().equals("/device/" + ueid.hex() + "/" + resource))
                .map(TestRole.Asked::body)
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"coap-client-openssl", "coap-client-gnutls"})
    void hearsARefusalWithItsCode(String client) throws Exception {
        pva.refuses(DeviceResource.EVIDENCE, ResultCode.COMPONENT_MISMATCH);
        drf.refuses(DeviceResource.REGISTER, ResultCode.UNAVAILABLE);

        assertThat(post(client, "e", bytes(10))).contains("4.03");
        assertThat(post(client, "r", bytes(10))).contains("5.03");
        assertThat(post(client, "nothing", bytes(10))).contains("4.04");
        assertThat(bridge.counters().get(ResultCode.COMPONENT_MISMATCH)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"coap-client-openssl", "coap-client-gnutls"})
    void isNotLetInWithACertificateOfNobodys(String client) throws Exception {
        identity(pki.foreignDevice(ueid));

        post(client, "r", bytes(10));

        assertThat(drf.asked).isEmpty();
        assertThat(bridge.counters().get(Count.HANDSHAKES)).isZero();
        identity(pki.device(ueid));
        post(client, "r", bytes(10));
        assertThat(asked(drf, "r")).hasSize(1);
    }

    private byte[] body(String client, String path, byte[] payload) throws Exception {
        Files.deleteIfExists(folder.resolve("answer"));
        post(client, path, payload, "-o", "answer");
        return Files.readAllBytes(folder.resolve("answer"));
    }

    private String post(String client, String path, byte[] payload, String... more) throws Exception {
        Files.write(folder.resolve("payload"), payload);
        List<String> options = new ArrayList<>(List.of("-m", "post", "-t", CBOR, "-f", "payload"));
        options.addAll(List.of(more));
        return run(client, path, options.toArray(String[]::new));
    }

    private String run(String client, String path, String... options) throws Exception {
        boolean present = Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":", -1))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, client)));
        assumeTrue(present, client + " is not installed: Debian package libcoap3-bin");
        List<String> command = new ArrayList<>(List.of(
                client, "-c", "device.pem", "-j", "device.key", "-C", "operators.pem", "-B", ANSWER_WAIT_SECONDS));
        command.addAll(List.of(options));
        command.add("coaps://127.0.0.1:" + bridge.address().getPort() + "/" + path);
        Path printed = Files.createTempFile(folder, "client", ".out");
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(printed.toFile())
                .start();
        if (!process.waitFor(TIME_LIMIT_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException(command + " did not end within " + TIME_LIMIT_SECONDS + " s");
        }
        return Files.readString(printed, StandardCharsets.ISO_8859_1);
    }
}
