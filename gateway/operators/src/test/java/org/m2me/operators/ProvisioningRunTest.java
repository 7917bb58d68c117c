// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.m2me.operators.World.OPERATOR;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.m2me.operators.AuthenticationCentre.ApnProfile;
import org.m2me.operators.AuthenticationCentre.VectorRequest;
import org.m2me.operators.Counterparts.IcfSide;
import org.m2me.operators.Counterparts.SupplierSide;
import org.m2me.operators.ro.dpf.DpfRole;
import org.m2me.operators.ro.drf.DrfRole;
import org.m2me.operators.sho.ShoRole;
import org.m2me.operators.sho.ShoSettings;
import org.m2me.operators.sho.ValidationPolicy;
import org.m2me.operators.subscriber.SubscriberRole;
import org.m2me.operators.subscriber.SubscriberSettings;
import org.m2me.operators.wiring.RoleContext;
import org.m2me.protocol.aka.AkaAlgorithm;
import org.m2me.protocol.aka.AuthenticationVector;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.envelope.Mcim;
import org.m2me.protocol.identity.Imsi;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Pcid;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.DeviceResource;
import org.m2me.protocol.message.Mail;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.Register;
import org.m2me.protocol.message.RegisterAnswer;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.message.Telemetry;
import org.m2me.protocol.step.Step;

/** Subscriber, DRF, SHO and DPF together, with a machine and a PVA that asks it nothing: whatever is cut, the run ends well. */
final class ProvisioningRunTest {
    private static final Pcid PCID = Pcid.of("901700000000001");
    private static final List<Step> STEPS = List.of(
            Step.HAND_OVER_PARAMETERS,
            Step.CONTACT_RO,
            Step.DISCOVER_SHO,
            Step.REGISTER_WITH_SHO,
            Step.REPORT_VALIDATION,
            Step.AUTHORIZE_PROVISIONING,
            Step.DOWNLOAD_MCIM,
            Step.PROVISION_MCIM,
            Step.REPORT_STATUS);

    /** Calls between roles in a run whose MCIM the SHO makes, and two more when the DPF does. */
    private static final int CALLS = 10;

    @TempDir
    Path directory;

    private World world;
    private Machine machine;
    private P256PrivateKey pvaKey;
    private RoleContext shoContext;
    private RoleContext drfContext;
    private RoleContext dpfContext;
    private RoleContext subscriberContext;
    private ShoSettings settings;
    private Neighbours peers;
    private IcfSide icf;

    private DrfRole drf;
    private DpfRole dpf;
    private ShoRole sho;
    private SubscriberRole subscriber;

    private final AtomicInteger calls = new AtomicInteger();
    private volatile int cutAt = Integer.MAX_VALUE;
    private volatile boolean replyLost;
    private volatile boolean down;

    @BeforeEach
    void prepare() throws Exception {
        world = new World(directory);
        machine = new Machine(world.random);
        pvaKey = P256PrivateKey.generate(world.random);
        shoContext = world.context("sho." + OPERATOR);
        drfContext = world.context("drf.901-70");
        dpfContext = world.context("dpf.901-70");
        subscriberContext = world.context("subscriber.fleet");
        settings = settings(Optional.empty());
        icf = new IcfSide();
        icf.known.put(PCID, new Icf.PcidStatus(PCID, true, World.START.plus(Duration.ofDays(30))));
        peers = new Neighbours();
        peers.set(Icf.class, cuttable(Icf.class, icf));
        peers.set(Supplier.class, cuttable(Supplier.class, new SupplierSide()));
        peers.set(Pva.class, cuttable(Pva.class, new ScriptedPva()));
        start();
    }

    @AfterEach
    void stop() {
        subscriber.close();
        drf.close();
        sho.close();
        dpf.close();
    }

    @Test
    void takesTheStepsOfTheSpecificationInTheirOrder() throws Exception {
        run();
        assertThat(world.taken()).containsExactlyElementsOf(STEPS);
        assertThat(calls).hasValue(CALLS);
        assertThat(subscriber.telemetry(machine.ueid)).hasSize(1);
    }

    @Test
    void takesTheSameStepsWhenTheDpfMakesTheMcim() throws Exception {
        delegate();
        run();
        assertThat(world.taken()).containsExactlyElementsOf(STEPS);
        assertThat(calls).hasValue(CALLS + 2);
    }

    private static Stream<Arguments> cuts(int calls) {
        return IntStream.rangeClosed(1, calls)
                .boxed()
                .flatMap(call -> Stream.of(Arguments.of(call, false), Arguments.of(call, true)));
    }

    static Stream<Arguments> cuts() {
        return cuts(CALLS);
    }

    static Stream<Arguments> cutsWithRules() {
        return cuts(CALLS + 2);
    }

    @ParameterizedTest(name = "call {0}, reply lost {1}")
    @MethodSource("cuts")
    void endsWellThoughACallIsLostAndEveryRoleIsStoppedThen(int call, boolean reply) throws Exception {
        cutAt = call;
        replyLost = reply;
        run();
        assertThat(calls.get()).as("calls, with the repeated one").isGreaterThan(call);
        assertThat(world.taken()).containsExactlyElementsOf(STEPS);
    }

    @Tag("long")
    @ParameterizedTest(name = "call {0}, reply lost {1}")
    @MethodSource("cutsWithRules")
    void endsWellLikewiseWhenTheDpfMakesTheMcim(int call, boolean reply) throws Exception {
        cutAt = call;
        replyLost = reply;
        delegate();
        run();
        assertThat(calls.get()).as("calls, with the repeated one").isGreaterThan(call);
        assertThat(world.taken()).containsExactlyElementsOf(STEPS);
    }

    /** From now on the DPF makes the MCIMs. */
    private void delegate() throws Exception {
        stop();
        settings = settings(Optional.of(delegation()));
        start();
    }

    private void start() throws Exception {
        drf = new DrfRole(drfContext, peers);
        dpf = new DpfRole(dpfContext, peers);
        sho = new ShoRole(shoContext, peers, settings);
        subscriber = new SubscriberRole(
                subscriberContext,
                peers,
                new SubscriberSettings("acme", Duration.ofDays(90), false, SubscriberSettings.PERMISSION_WAIT));
        peers.set(Drf.class, cuttable(Drf.class, drf));
        peers.set(Dpf.class, cuttable(Dpf.class, dpf));
        peers.set(OPERATOR, cuttable(Sho.class, sho));
        drf.start();
        dpf.start();
        sho.start();
        subscriber.start();
    }

    /** The machine's side, step by step: what a cut call left undone, it tries again as the agent does. */
    private void run() throws Exception {
        subscriber.choose(
                new Subscriber.Purchase(machine.ueid, PCID, machine.ownerToken, Optional.of(Opaque.hex("f0"))),
                OPERATOR);
        awaitIdle();
        assertThat(icf.activated).isNotEmpty();
        Nonce nonce = Nonce.random(world.random);
        byte[] register = Register.initial(nonce, Optional.of(PCID)).encode();
        byte[] answer = awaitAnswer(() -> drf.answer(machine.ueid, DeviceResource.REGISTER, register));
        RegisterAnswer operator = RegisterAnswer.decode(answer);
        byte[] mail = awaitAnswer(() -> dpf.answer(machine.ueid, DeviceResource.MAIL, new byte[0]));
        Mail.Download download = (Mail.Download) Mail.decode(mail);
        assertThat(dpf.answer(new Machine(world.random).ueid, DeviceResource.MAIL, new byte[0]))
                .isEmpty();
        byte[] report = machine.report(nonce, ResultCode.OK);
        awaitAnswer(() -> dpf.answer(machine.ueid, DeviceResource.REPORT, report));
        try (Mcim mcim = machine.open(download.envelope(), operator.certificate())) {
            assertThat(mcim.registration()).isEqualTo(nonce);
            assertThat(mcim.ownerToken()).isEqualTo(machine.tokenFor(OPERATOR));
            awaitAnswer(() -> vector(mcim.imsi()));
        }
        awaitIdle();
        assertThat(dpf.answer(machine.ueid, DeviceResource.MAIL, new byte[0])).isEmpty();
        assertThat(drf.answer(machine.ueid, DeviceResource.MAIL, new byte[0])).isEmpty();
        Telemetry telemetry = new Telemetry(1, World.START, new TreeMap<>(Map.of("boots", 1L)));
        assertThat(subscriber.answer(machine.ueid, DeviceResource.TELEMETRY, telemetry.encode()))
                .isPresent();
        assertThat(world.number("sho." + OPERATOR, "sho.db", "SELECT COUNT(*) FROM auc_subscription"))
                .as("subscriptions in use")
                .isEqualTo(1);
    }

    private Optional<byte[]> vector(Imsi imsi) throws Refused {
        try (AuthenticationVector vector = sho.vectors(new VectorRequest(imsi, "vno", 1, Optional.empty(), false))
                .get(0)) {
            return Optional.of(vector.autn());
        }
    }

    /** Until nobody owes anything; looked at twice, for what one no longer owes another may owe by then. */
    private void awaitIdle() {
        world.await("nothing is owed", () -> {
            restartIfDown();
            long before = owed();
            return before + owed() == 0;
        });
    }

    private long owed() {
        String count = "SELECT COUNT(*) FROM outbox";
        return world.number("subscriber.fleet", "subscriber.db", count)
                + world.number("drf.901-70", "drf.db", count)
                + world.number("sho." + OPERATOR, "sho.db", count)
                + world.number("dpf.901-70", "dpf.db", count);
    }

    /** Asks until there is an answer, and starts the roles again when they were stopped meanwhile. */
    private byte[] awaitAnswer(Question question) {
        byte[][] answer = new byte[1][];
        world.await("an answer", () -> {
            restartIfDown();
            try {
                answer[0] = question.ask().orElse(null);
            } catch (Refused | RuntimeException notYet) {
                answer[0] = null;
            } catch (Exception fault) {
                throw new IllegalStateException(fault);
            }
            return answer[0] != null;
        });
        return answer[0];
    }

    private void restartIfDown() {
        if (down) {
            stop();
            down = false;
            try {
                start();
            } catch (Exception fault) {
                throw new IllegalStateException(fault);
            }
        }
    }

    /** A peer as it is reached: one call of the run is cut, and from then on nobody is reached until all were restarted. */
    private <T> T cuttable(Class<T> type, T role) {
        Object proxy =
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    boolean cut = !down && calls.incrementAndGet() == cutAt;
                    if (down || (cut && !replyLost)) {
                        down = true;
                        throw new Unavailable(method.getName() + ": request lost", new java.io.IOException("cut"));
                    }
                    try {
                        Object answer = method.invoke(role, arguments);
                        if (cut) {
                            down = true;
                            throw new Unavailable(method.getName() + ": reply lost", new java.io.IOException("cut"));
                        }
                        return answer;
                    } catch (InvocationTargetException thrown) {
                        throw thrown.getCause() == null ? thrown : thrown.getCause();
                    }
                });
        return type.cast(proxy);
    }

    /** Answers each request with a good result, from a thread of the one who asks, as a PVA's outbox would later. */
    private final class ScriptedPva implements Pva {
        @Override
        public void enrol(Ueid device, Opaque platformCertificate, Opaque ownerProof) throws Refused {
            throw new Refused(ResultCode.FORBIDDEN, "this PVA knows its device");
        }

        @Override
        public void references(String supplier, Opaque signed) throws Refused {
            throw new Refused(ResultCode.FORBIDDEN, "this PVA knows what to expect");
        }

        @Override
        public Authentications authenticate(Plmn operator, List<Applicant> applicants) throws Refused {
            throw new Refused(ResultCode.FORBIDDEN, "this PVA is asked for the first time");
        }

        @Override
        public Optional<List<Ueid>> withdraw(String supplier, KnownBad what, Optional<Ueid> after) throws Refused {
            throw new Refused(ResultCode.FORBIDDEN, "this PVA knows nothing bad");
        }

        @Override
        public void revoked(String supplier, Ueid device) throws Refused {
            throw new Refused(ResultCode.FORBIDDEN, "this PVA knows nothing revoked");
        }

        @Override
        public Counters counters() {
            return new Counters(0, 0, 0, 0, Duration.ZERO, Duration.ZERO);
        }

        @Override
        public void validate(Request request) throws Refused {
            byte[] result = machine.result(world.clock.instant()).sign(pvaKey);
            peers.sho(request.operator())
                    .validated(new Sho.Validation(
                            request.registration(), request.device(), ResultCode.OK, Optional.of(Opaque.of(result))));
        }
    }

    private ShoSettings settings(Optional<ShoSettings.Delegation> delegation) {
        return new ShoSettings(
                OPERATOR,
                new ValidationPolicy(Machine.POLICY, true, Set.of("runtime", "agent", "config")),
                world.certify("pva", pvaKey),
                new ShoSettings.Subscriptions(
                        new ImsiRange(new Imsi("262010000000001"), 100),
                        3,
                        AkaAlgorithm.MILENAGE,
                        Optional.of(SecretBytes.random(16, world.random))),
                new ApnProfile("m2m.example", List.of(), 0),
                Duration.ofDays(1),
                delegation,
                Optional.empty(),
                Optional.empty());
    }

    private ShoSettings.Delegation delegation() {
        P256PrivateKey key = P256PrivateKey.generate(world.random);
        return new ShoSettings.Delegation(
                new ImsiRange(new Imsi("262010000000500"), 10),
                SecretBytes.random(16, world.random),
                world.certify("sho." + OPERATOR, key),
                key);
    }
}
