// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.sho;

import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.m2me.operators.World.OPERATOR;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.m2me.operators.AuthenticationCentre.ApnProfile;
import org.m2me.operators.AuthenticationCentre.Destination;
import org.m2me.operators.Counterparts.DpfSide;
import org.m2me.operators.Counterparts.DrfSide;
import org.m2me.operators.Counterparts.PvaSide;
import org.m2me.operators.Dpf;
import org.m2me.operators.Drf;
import org.m2me.operators.ImsiRange;
import org.m2me.operators.Machine;
import org.m2me.operators.Neighbours;
import org.m2me.operators.Pva;
import org.m2me.operators.Sho;
import org.m2me.operators.World;
import org.m2me.operators.wiring.RoleContext;
import org.m2me.protocol.aka.AkaAlgorithm;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.evidence.AttestationResult;
import org.m2me.protocol.identity.Imsi;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;

/** A SHO with the other ends of its interfaces, and a machine that has a contract. */
abstract class ShoFixture {
    static final ApnProfile APN = new ApnProfile("m2m.example", List.of(new Destination(17, "10.0.0.0/8", 0)), 1000);
    static final Imsi FIRST = new Imsi("262010000000001");
    private static final Set<String> REQUIRED = Set.of("runtime", "agent");

    @TempDir
    Path directory;

    World world;
    Neighbours peers;
    DrfSide drf;
    DpfSide dpf;
    PvaSide pva;
    P256PrivateKey pvaKey;
    Machine machine;
    RoleContext context;
    ShoSettings settings;
    ShoRole sho;

    @BeforeEach
    void start() throws Exception {
        world = new World(directory);
        peers = new Neighbours();
        drf = new DrfSide();
        dpf = new DpfSide();
        pva = new PvaSide();
        peers.set(Drf.class, drf);
        peers.set(Dpf.class, dpf);
        peers.set(Pva.class, pva);
        pvaKey = P256PrivateKey.generate(world.random);
        machine = new Machine(world.random);
        context = world.context("sho." + OPERATOR);
        settings = settings(2, 0, true, Optional.empty());
        sho = new ShoRole(context, peers, settings).start();
        sho.contract(contract(machine));
        world.steps.clear();
    }

    @AfterEach
    void stop() {
        sho.close();
    }

    ShoSettings settings(long imsis, int pool, boolean softTre, Optional<ShoSettings.Delegation> delegation) {
        return new ShoSettings(
                OPERATOR,
                new ValidationPolicy(Machine.POLICY, softTre, REQUIRED),
                world.certify("pva", pvaKey),
                new ShoSettings.Subscriptions(
                        new ImsiRange(FIRST, imsis), pool, AkaAlgorithm.MILENAGE, Optional.empty()),
                APN,
                Duration.ofDays(1),
                delegation,
                Optional.of(new ShoSettings.Inquiries(Optional.of(10L))),
                Optional.empty());
    }

    void restart() {
        restart(settings, () -> {});
    }

    void restart(ShoSettings with, Runnable meanwhile) {
        sho.close();
        meanwhile.run();
        settings = with;
        sho = new ShoRole(context, peers, settings).start();
    }

    Nonce nonce() {
        return Nonce.random(world.random);
    }

    static Sho.Contract contract(Machine of) {
        return new Sho.Contract(of.ueid, "fleet", of.ownerToken);
    }

    /** A registration of the machine, and of no other. */
    Nonce register() throws Refused {
        return register(machine);
    }

    Nonce register(Machine of) throws Refused {
        Nonce nonce = nonce();
        sho.register(Sho.Registration.initial(nonce, of.ueid, Optional.empty()));
        return nonce;
    }

    Sho.Validation validation(Nonce registration, AttestationResult result) {
        Opaque signed = Opaque.of(result.sign(pvaKey));
        return new Sho.Validation(registration, result.ueid(), ResultCode.OK, Optional.of(signed));
    }

    /** A good result for the machine arrives. */
    void validate(Nonce registration) throws Refused {
        sho.validated(validation(registration, machine.result(world.clock.instant())));
    }

    /** The order for a registration, once the DPF has it. */
    Dpf.Order order(Nonce registration) {
        world.await("the DPF is authorised", () -> find(registration).isPresent());
        return find(registration).orElseThrow();
    }

    Optional<Dpf.Order> find(Nonce registration) {
        return dpf.orders.stream()
                .filter(order -> order.registration().equals(registration))
                .findFirst();
    }

    Nonce provision() throws Refused {
        Nonce nonce = register();
        validate(nonce);
        order(nonce);
        report(nonce, ResultCode.OK);
        return nonce;
    }

    void report(Nonce registration, ResultCode code) throws Refused {
        Opaque report = Opaque.of(machine.report(registration, code));
        sho.provisioned(new Sho.Outcome(registration, machine.ueid, code, report));
    }

    ResultCode awaitRefusal(Nonce registration) {
        world.await("the DRF is told", () -> drf.refusals.containsKey(registration));
        return Optional.ofNullable(drf.refusals.get(registration)).orElseThrow();
    }

    void awaitIdle() {
        world.awaitIdle("sho." + OPERATOR, "sho.db");
    }

    long count(String table) {
        return world.number("sho." + OPERATOR, "sho.db", "SELECT COUNT(*) FROM " + table);
    }

    static ResultCode refusal(ThrowingCallable call) {
        return catchThrowableOfType(Refused.class, call).code();
    }
}
