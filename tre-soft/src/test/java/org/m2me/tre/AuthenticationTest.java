// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.tre;

import static org.assertj.core.api.Assertions.assertThat;
import static org.m2me.tre.TestNetwork.HEX;
import static org.m2me.tre.TestNetwork.authenticate;
import static org.m2me.tre.TestNetwork.success;
import static org.m2me.tre.TestNetwork.vector;

import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.m2me.hal.SmartCard;
import org.m2me.protocol.aka.AkaKey;
import org.m2me.protocol.aka.AuthenticationVector;
import org.m2me.protocol.aka.Quintets;
import org.m2me.protocol.identity.Nonce;

class AuthenticationTest {
    private static final int STEP = 1 << 5; // the next SEQ of the same IND

    private final TestNetwork network = new TestNetwork();
    private TestDevice device;
    private SoftTrustedEnvironment environment;

    @BeforeEach
    void makeDevice() throws Exception {
        device = new TestDevice(network);
        environment = device.start();
    }

    private SmartCard card() {
        return environment.usim();
    }

    @Test
    void refusesAUsedSqnAcrossStartsAndGoesOnAfterResynchronisation() throws Exception {
        AuthenticationVector used = vector(network.pcidKey, 40 * STEP);
        assertThat(authenticate(card(), used)).isEqualTo(success(used));
        environment.close();
        environment = device.start();
        String answer = authenticate(card(), used);
        assertThat(answer).startsWith("dc0e").endsWith("9000");
        long sqnMs = Quintets.resynchronise(
                        network.pcidKey.functions(), used.rand(), HEX.parseHex(answer.substring(4, 32)))
                .orElseThrow();
        assertThat(sqnMs).isEqualTo(40 * STEP);
        AuthenticationVector next = vector(network.pcidKey, sqnMs + STEP);
        assertThat(authenticate(card(), next)).isEqualTo(success(next));
    }

    @Test
    void leavesTheStateAloneWhenTheMacIsWrong() {
        AuthenticationVector right = vector(network.pcidKey, 40 * STEP);
        int operations = device.disk.operations();
        for (int i = 0; i < right.autn().length; i++) {
            byte[] autn = right.autn().clone();
            autn[i] ^= 1;
            try (AuthenticationVector wrong = new AuthenticationVector(
                    right.rand(),
                    autn,
                    right.xres().copy(),
                    right.ck().copy(),
                    right.ik().copy())) {
                assertThat(authenticate(card(), wrong)).as("byte %d", i).isEqualTo("9862");
            }
        }
        assertThat(device.disk.operations()).isEqualTo(operations);
        assertThat(authenticate(card(), right)).isEqualTo(success(right));
    }

    @Test
    void givesNoResWhenTheDiskDoesNotTakeTheSqn() {
        AuthenticationVector vector = vector(network.pcidKey, 40 * STEP);
        for (int operations = 0; operations < 2; operations++) {
            device.disk.failAfter(operations);
            assertThat(authenticate(card(), vector)).isEqualTo("6581");
        }
        device.disk.repair();
        assertThat(authenticate(card(), vector)).isEqualTo(success(vector));
    }

    @Test
    void answersNothingMoreWhenNobodyKnowsWhetherTheDiskTookTheSqn() throws Exception {
        AuthenticationVector vector = vector(network.pcidKey, 40 * STEP);
        device.disk.failAfter(3);
        assertThat(authenticate(card(), vector)).isEqualTo("6581");
        device.disk.repair();
        assertThat(authenticate(card(), vector)).isEqualTo("6f00");
        environment.close();
        environment = device.start();
        assertThat(authenticate(card(), vector)).startsWith("dc0e"); // it did
    }

    @Test
    void keepsTheSequenceNumbersOfPcidAndMcimApart() throws Exception {
        AuthenticationVector ofPcid = vector(network.pcidKey, 40 * STEP);
        assertThat(authenticate(card(), ofPcid)).isEqualTo(success(ofPcid));
        AkaKey key = TestNetwork.freshKey();
        Nonce registration = TestNetwork.register(environment, network.home);
        environment.install(device.envelope(network.home, registration, key));
        AuthenticationVector ofMcim = vector(key, STEP);
        assertThat(authenticate(card(), ofMcim)).isEqualTo(success(ofMcim));
    }

    @Test
    void forgetsWhatTheOldNetworkWroteWhenTheSubscriptionChanges() throws Exception {
        String keys = "03" + "c1".repeat(32);
        assertThat(authenticate(card(), vector(network.pcidKey, STEP))).startsWith("db");
        TestNetwork.send(card(), "00a4000c026f08");
        assertThat(TestNetwork.send(card(), "00d6000021" + keys)).isEqualTo("9000");
        Nonce registration = TestNetwork.register(environment, network.home);
        environment.install(device.envelope(network.home, registration, TestNetwork.freshKey()));
        assertThat(TestNetwork.send(card(), "00b0000021")).isEqualTo("07" + "ff".repeat(32) + "9000");
    }

    @Test
    void answersSeveralThreadsEachNumberOnce() throws Exception {
        int threads = 4;
        int each = 25;
        var numbers = new ConcurrentSkipListSet<Long>();
        var pool = Executors.newFixedThreadPool(threads);
        try {
            var work = IntStream.range(0, threads)
                    .mapToObj(thread -> pool.submit(() -> {
                        for (int i = 0; i < each; i++) {
                            numbers.add(environment.nextSequence());
                        }
                        return thread;
                    }))
                    .toList();
            for (var done : work) {
                assertThat(done.get()).isLessThan(threads);
            }
        } finally {
            pool.shutdown();
        }
        assertThat(numbers).hasSize(threads * each).last().isEqualTo((long) threads * each);
    }
}
