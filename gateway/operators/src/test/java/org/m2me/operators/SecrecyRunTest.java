// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.m2me.operators.regulator.RegulatorRole;
import org.m2me.operators.regulator.RegulatorSettings;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.message.DeviceResource;
import org.m2me.protocol.message.OrderAnswer;
import org.m2me.protocol.message.OwnerOrder;
import org.m2me.protocol.message.Register;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Procedure;

/** The keys of two operators' MCIMs for one device: on no wire, in no file of any role. */
final class SecrecyRunTest extends ChangeFixture {
    private static final List<String> ROLES =
            List.of("sho." + OLD, "sho." + NEW, "drf.901-70", "dpf.901-70", "subscriber.fleet", "regulator");

    private RegulatorRole regulator;

    @BeforeEach
    void regulate() {
        regulator = new RegulatorRole(world.context("regulator"), new RegulatorSettings(List.of()));
        peers.set(Regulator.class, cuttable(Regulator.class, regulator));
    }

    @AfterEach
    void close() {
        regulator.close();
    }

    @Test
    void keepsTheKeysOfBothOperatorsFromEverybodyInAChange() throws Exception {
        change();
        assertNobodyHasAKey();
    }

    @Test
    void keepsTheKeysOfBothOperatorsFromEverybodyWhenBothAreOnBoard() throws Exception {
        Nonce old = provision();
        OwnerOrder order = instruct(Procedure.ADD);
        Nonce added = obtain(new Register(
                Nonce.random(world.random), Optional.empty(), Procedure.ADD, Optional.of(Machine.state())));
        answer(DeviceResource.REPORT, machine.report(added, ResultCode.OK));
        answer(DeviceResource.ORDER, new OrderAnswer(order.id(), ResultCode.OK, true).encode());
        awaitIdle();
        assertThat(oldSho.registrations(machine.ueid).get(0).registration()).isEqualTo(old);
        assertThat(newSho.registrations(machine.ueid).get(0).registration()).isEqualTo(added);

        assertNobodyHasAKey();
    }

    /** While they work, and when they have ended and left their databases in order. */
    private void assertNobodyHasAKey() throws IOException {
        assertThat(keys).containsOnlyKeys(OLD, NEW);
        assertThat(keys.values()).allSatisfy(pair -> assertThat(pair).hasSize(2));
        assertThat(keys.values().stream().flatMap(List::stream))
                .allSatisfy(key -> assertThat(key).hasSize(16));
        assertNoKeyIn(files());
        stop();
        regulator.close();
        assertNoKeyIn(files());
        assertNoKeyIn(Map.of(
                "messages", text(heardByAnybody.bytes()),
                "steps", world.steps.toString()));
    }

    private void assertNoKeyIn(Map<String, String> places) {
        places.forEach((place, content) ->
                keys.forEach((operator, both) -> both.forEach(key -> assertThat(Spelled.of(key))
                        .as("a key of %s in %s", operator, place)
                        .noneMatch(content::contains))));
    }

    /** What every role has stored; each is there, and with it the device that all of it is about. */
    private Map<String, String> files() throws IOException {
        Map<String, String> files = new TreeMap<>();
        for (String role : ROLES) {
            try (Stream<Path> all = Files.walk(directory.resolve(role))) {
                for (Path file : all.filter(Files::isRegularFile).toList()) {
                    files.put(directory.relativize(file).toString(), text(Files.readAllBytes(file)));
                }
            }
            Set<String> device = Spelled.of(machine.ueid.value().bytes());
            assertThat(files)
                    .as(role)
                    .anySatisfy((name, content) -> assertThat(name.startsWith(role + "/")
                                    && device.stream().anyMatch(content::contains))
                            .isTrue());
        }
        return files;
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 16})
    void findsAKeyAlsoWithinBase64OfMore(int before) {
        byte[] key = new byte[16];
        world.random.nextBytes(key);
        byte[] more = new byte[before + key.length + 5];
        world.random.nextBytes(more);
        System.arraycopy(key, 0, more, before, key.length);
        assertThat(Spelled.of(key)).anyMatch(Base64.getEncoder().encodeToString(more)::contains);
        assertThat(Spelled.of(key)).anyMatch(Base64.getUrlEncoder().encodeToString(more)::contains);
    }
}
