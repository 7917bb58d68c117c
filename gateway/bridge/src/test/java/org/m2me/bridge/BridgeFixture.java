// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.bridge;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.m2me.bridge.device.Limits;
import org.m2me.bridge.role.DeviceRole;
import org.m2me.bridge.role.RoleAddress;
import org.m2me.protocol.identity.Ueid;

/** A bridge between the four roles that devices talk to, and a device. */
abstract class BridgeFixture {
    static final Duration NEVER = Duration.ofHours(1);
    final TestClock clock = new TestClock();
    final TestPki pki = new TestPki(clock);
    final Ueid ueid = pki.ueid();
    TestRole drf;
    TestRole pva;
    TestRole dpf;
    TestRole subscriber;
    Bridge bridge;
    TestDevice device;

    @BeforeEach
    void start() throws IOException {
        drf = new TestRole("drf.901-70", pki);
        pva = new TestRole("pva", pki);
        dpf = new TestRole("dpf.901-70", pki);
        subscriber = new TestRole("subscriber.fleet", pki);
        bridge = bridge(limits(Duration.ofSeconds(5), NEVER));
        bridge.start();
        device = new TestDevice(pki, pki.device(ueid), bridge.address());
    }

    @AfterEach
    void stop() {
        device.close();
        bridge.close();
        drf.close();
        pva.close();
        dpf.close();
        subscriber.close();
    }

    private static Limits limits(
            int workers, Duration acknowledgeAfter, Duration hold, Duration recheck, Duration role) {
        Limits d = Limits.DEFAULT;
        return new Limits(
                d.devices(),
                d.quiet(),
                d.perDevice(),
                d.recordsPerSource(),
                d.handshakesPerSource(),
                workers,
                d.queue(),
                acknowledgeAfter,
                hold,
                recheck,
                role);
    }

    static Limits limits(Duration mailHold, Duration mailRecheck) {
        return limits(mailHold, mailRecheck, Limits.DEFAULT.roleAnswer());
    }

    static Limits limits(Duration mailHold, Duration mailRecheck, Duration roleAnswer) {
        Limits d = Limits.DEFAULT;
        return limits(d.workers(), d.acknowledgeAfter(), mailHold, mailRecheck, roleAnswer);
    }

    /** @param acknowledgeAfter how long an answer may take that travels on its acknowledgement */
    static Limits patient(Duration acknowledgeAfter) {
        Limits d = Limits.DEFAULT;
        return limits(d.workers(), acknowledgeAfter, d.mailHold(), d.mailRecheck(), d.roleAnswer());
    }

    static Limits impatient(Duration roleAnswer) {
        Limits d = Limits.DEFAULT;
        return limits(1, d.acknowledgeAfter(), d.mailHold(), d.mailRecheck(), roleAnswer);
    }

    /** Begins anew with feeds of all roles that the bridge has heard. */
    void hearAll(Limits limits) throws IOException {
        List<TestRole> roles = List.of(subscriber, drf, pva, dpf);
        device.close();
        bridge.close(); // else its questions would count too
        for (TestRole role : roles) {
            role.greets();
        }
        restartWith(limits);
        Until.holds("all feeds are heard", () -> roles.stream().allMatch(TestRole::isHeard));
    }

    Bridge bridge(Limits limits) {
        return bridge(limits, drf.address());
    }

    Bridge bridge(Limits limits, RoleAddress drfAddress) {
        TestPki.Identity own = pki.role("gateway");
        return new Bridge(
                new BridgeSettings(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        7,
                        Map.of(
                                DeviceRole.DRF, drfAddress,
                                DeviceRole.PVA, pva.address(),
                                DeviceRole.DPF, dpf.address(),
                                DeviceRole.SUBSCRIBER, subscriber.address()),
                        limits),
                new BridgeIdentity(own.certificate(), own.key(), pki.operatorAnchors(), pki.supplierAnchors()),
                clock);
    }

    void restartWith(Limits limits) throws IOException {
        device.close();
        bridge.close();
        bridge = bridge(limits);
        bridge.start();
        device = new TestDevice(pki, pki.device(ueid), bridge.address());
    }

    static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }
}
