// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.ro.dpf;

import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.m2me.operators.World.OPERATOR;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.m2me.operators.Authorization;
import org.m2me.operators.Dpf;
import org.m2me.operators.Machine;
import org.m2me.operators.Neighbours;
import org.m2me.operators.ShoSide;
import org.m2me.operators.World;
import org.m2me.operators.wiring.RoleContext;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.DeviceResource;
import org.m2me.protocol.message.Mail;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.pki.Certificate;

/** A DPF with an operator that authorises, and a machine. */
abstract class DpfFixture {
    static final Opaque ENVELOPE = Opaque.hex("a1b2c3d4");
    static final Duration LIFETIME = Duration.ofHours(1);

    @TempDir
    Path directory;

    World world;
    Neighbours peers;
    ShoSide sho;
    Machine machine;
    P256PrivateKey key;
    Certificate operator;
    RoleContext context;
    DpfRole dpf;

    @BeforeEach
    void start() {
        world = new World(directory);
        peers = new Neighbours();
        sho = new ShoSide();
        peers.set(OPERATOR, sho);
        machine = new Machine(world.random);
        key = P256PrivateKey.generate(world.random);
        operator = world.certify("sho." + OPERATOR, key);
        context = world.context("dpf");
        dpf = new DpfRole(context, peers).start();
    }

    @AfterEach
    void stop() {
        dpf.close();
    }

    void restart() {
        restart(() -> {});
    }

    void restart(Runnable meanwhile) {
        dpf.close();
        meanwhile.run();
        dpf = new DpfRole(context, peers).start();
    }

    Nonce nonce() {
        return Nonce.random(world.random);
    }

    Authorization authorization(Nonce id, Nonce registration, Ueid device) {
        return new Authorization(
                id,
                registration,
                device,
                OPERATOR,
                world.clock.instant().plus(LIFETIME),
                Authorization.Sealed.of(ENVELOPE));
    }

    Dpf.Order order(Nonce registration, Ueid device) {
        return order(authorization(nonce(), registration, device), operator, key);
    }

    static Dpf.Order order(Authorization authorization, Certificate certificate, P256PrivateKey signer) {
        return new Dpf.Order(
                authorization.registration(),
                authorization.device(),
                authorization.operator(),
                authorization.sign(certificate, signer),
                Optional.of(ENVELOPE));
    }

    Optional<Mail> mail(Ueid device) throws Refused {
        Optional<byte[]> answer = dpf.answer(device, DeviceResource.MAIL, new byte[0]);
        return answer.isEmpty() ? Optional.empty() : Optional.of(Machine.mail(answer));
    }

    byte[] report(Ueid device, byte[] report) throws Refused {
        return dpf.answer(device, DeviceResource.REPORT, report).orElseThrow();
    }

    ResultCode reportRefusal(Ueid device, byte[] report) {
        return catchThrowableOfType(Refused.class, () -> report(device, report)).code();
    }

    ResultCode refusal(Dpf.Order order) {
        return catchThrowableOfType(Refused.class, () -> dpf.authorize(order)).code();
    }
}
