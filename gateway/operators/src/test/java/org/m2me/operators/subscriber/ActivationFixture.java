// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.subscriber;

import static org.m2me.operators.World.OPERATOR;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.m2me.operators.Counterparts.IcfSide;
import org.m2me.operators.Icf;
import org.m2me.operators.Machine;
import org.m2me.operators.Neighbours;
import org.m2me.operators.ShoSide;
import org.m2me.operators.Subscriber.Purchase;
import org.m2me.operators.World;
import org.m2me.operators.wiring.RoleContext;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.identity.Pcid;
import org.m2me.protocol.message.Activation;
import org.m2me.protocol.message.Activation.Association;
import org.m2me.protocol.message.Activation.Server;
import org.m2me.protocol.message.Activation.Terms;
import org.m2me.protocol.message.ActivationRequest;
import org.m2me.protocol.message.DeviceResource;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.Telemetry;
import org.m2me.protocol.message.Verdict;

/** A subscriber with two devices, which ask it for their activations. */
abstract class ActivationFixture {
    @TempDir
    Path directory;

    World world;
    Machine machine;
    Machine other;
    SubscriberRole subscriber;
    private final Neighbours peers = new Neighbours();
    private RoleContext context;
    private long sequence;

    @BeforeEach
    void start() throws Exception {
        world = new World(directory);
        peers.set(OPERATOR, new ShoSide());
        peers.set(Icf.class, new IcfSide());
        context = world.context("subscriber.fleet");
        open();
        machine = bought("901700000000001");
        other = bought("901700000000002");
    }

    private void open() {
        SubscriberSettings settings =
                new SubscriberSettings("acme", Duration.ofDays(90), true, SubscriberSettings.PERMISSION_WAIT);
        subscriber = new SubscriberRole(context, peers, settings).start();
    }

    void restart() {
        subscriber.close();
        open();
    }

    @AfterEach
    void stop() {
        subscriber.close();
    }

    private Machine bought(String pcid) throws Refused {
        Machine one = new Machine(world.random);
        subscriber.choose(new Purchase(one.ueid, Pcid.of(pcid), one.ownerToken, Optional.empty()), OPERATOR);
        return one;
    }

    Terms terms(String host) {
        Association fleet = new Association(world.authority.certificate(), "telemetry");
        return new Terms(new Server(host, 5684, fleet), Optional.empty(), Optional.empty());
    }

    /** What a device is told that holds this number; proven to be its owner's word. */
    Optional<Activation> ask(Machine asking, long held) throws Exception {
        byte[] question = new ActivationRequest(held).encode();
        Optional<byte[]> answer = subscriber.answer(asking.ueid, DeviceResource.ACTIVATION, question);
        if (answer.isEmpty()) {
            return Optional.empty();
        }
        try (SecretBytes secret = SecretBytes.takeFrom(asking.ownerToken.bytes())) {
            return Optional.of(Activation.verify(answer.get(), asking.ueid, secret));
        }
    }

    /** Whether the answer to telemetry says that something waits. */
    boolean announced(Machine working) throws Exception {
        byte[] telemetry = new Telemetry(++sequence, World.START, new TreeMap<>(Map.of("uptime_s", 1L))).encode();
        byte[] verdict = subscriber
                .answer(working.ueid, DeviceResource.TELEMETRY, telemetry)
                .orElseThrow();
        return Verdict.decode(verdict).mail();
    }
}
