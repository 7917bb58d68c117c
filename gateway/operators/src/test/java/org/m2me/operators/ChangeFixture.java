// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.m2me.operators.AuthenticationCentre.ApnProfile;
import org.m2me.operators.Counterparts.IcfSide;
import org.m2me.operators.Counterparts.IvfSide;
import org.m2me.operators.Counterparts.PvaSide;
import org.m2me.operators.ro.dpf.DpfRole;
import org.m2me.operators.ro.drf.DrfRole;
import org.m2me.operators.sho.ShoRole;
import org.m2me.operators.sho.ShoSettings;
import org.m2me.operators.sho.ValidationPolicy;
import org.m2me.operators.subscriber.SubscriberRole;
import org.m2me.operators.subscriber.SubscriberSettings;
import org.m2me.operators.wiring.RoleContext;
import org.m2me.protocol.aka.AkaAlgorithm;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.envelope.Mcim;
import org.m2me.protocol.identity.Imsi;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Pcid;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.message.DeviceResource;
import org.m2me.protocol.message.Mail;
import org.m2me.protocol.message.OrderAnswer;
import org.m2me.protocol.message.OwnerOrder;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.Register;
import org.m2me.protocol.message.RegisterAnswer;
import org.m2me.protocol.message.Relay;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.message.Telemetry;
import org.m2me.protocol.message.Verdict;
import org.m2me.protocol.step.Procedure;

/** Subscriber, DRF, DPF and two SHOs, and a device that changes from one of these to the other. */
abstract class ChangeFixture {
    static final Plmn OLD = World.OPERATOR;
    static final Plmn NEW = Plmn.parse("262-02");
    static final Pcid PCID = Pcid.of("901700000000001");

    @TempDir
    Path directory;

    World world;
    Machine machine;
    P256PrivateKey pvaKey;
    RoleContext oldContext;
    RoleContext newContext;
    private RoleContext drfContext;
    private RoleContext dpfContext;
    private RoleContext subscriberContext;
    Neighbours peers;
    IcfSide icf;
    IvfSide ivf;
    PvaSide pva;

    DrfRole drf;
    DpfRole dpf;
    ShoRole oldSho;
    ShoRole newSho;
    SubscriberRole subscriber;

    final AtomicInteger calls = new AtomicInteger();
    final Heard heardByNew = new Heard();
    /** All that roles and the device said to each other. */
    final Heard heardByAnybody = new Heard();
    /** K and OPc of what the device got, by the operator that made it. */
    final Map<Plmn, List<byte[]>> keys = new ConcurrentHashMap<>();

    volatile int cutAt = Integer.MAX_VALUE;
    volatile boolean replyLost;
    private volatile boolean down;

    @BeforeEach
    void prepare() throws Exception {
        world = new World(directory);
        machine = new Machine(world.random);
        pvaKey = P256PrivateKey.generate(world.random);
        oldContext = world.context("sho." + OLD);
        newContext = world.context("sho." + NEW);
        drfContext = world.context("drf.901-70");
        dpfContext = world.context("dpf.901-70");
        subscriberContext = world.context("subscriber.fleet");
        icf = new IcfSide();
        icf.known.put(PCID, new Icf.PcidStatus(PCID, true, World.START.plus(Duration.ofDays(30))));
        ivf = new IvfSide();
        pva = new PvaSide();
        pva.vouch(request -> machine.authenticity(request.get(0).registration(), world.clock.instant(), pvaKey));
        peers = new Neighbours();
        peers.set(Icf.class, icf);
        peers.set(Supplier.class, new Counterparts.SupplierSide());
        start();
    }

    private void start() {
        drf = new DrfRole(drfContext, peers);
        dpf = new DpfRole(dpfContext, peers);
        oldSho = new ShoRole(oldContext, peers, settings(OLD, "262010000000001"));
        newSho = new ShoRole(newContext, peers, settings(NEW, "262020000000001"));
        subscriber = new SubscriberRole(
                subscriberContext,
                peers,
                new SubscriberSettings("acme", Duration.ofDays(90), true, SubscriberSettings.PERMISSION_WAIT));
        peers.set(Drf.class, cuttable(Drf.class, drf));
        peers.set(Dpf.class, cuttable(Dpf.class, dpf));
        peers.set(Ivf.class, cuttable(Ivf.class, ivf));
        peers.set(Pva.class, cuttable(Pva.class, pva));
        peers.set(OLD, cuttable(Sho.class, oldSho));
        peers.set(NEW, cuttable(Sho.class, newSho));
        peers.set(Subscriber.class, cuttable(Subscriber.class, subscriber));
        drf.start();
        dpf.start();
        oldSho.start();
        newSho.start();
        subscriber.start();
    }

    @AfterEach
    void stop() {
        subscriber.close();
        drf.close();
        oldSho.close();
        newSho.close();
        dpf.close();
    }

    private ShoSettings settings(Plmn operator, String firstImsi) {
        return new ShoSettings(
                operator,
                new ValidationPolicy(Machine.POLICY, true, Set.of("runtime", "agent", "config")),
                world.certify("pva", pvaKey),
                new ShoSettings.Subscriptions(
                        new ImsiRange(new Imsi(firstImsi), 100), 0, AkaAlgorithm.MILENAGE, Optional.empty()),
                new ApnProfile("m2m.example", List.of(), 0),
                Duration.ofDays(1),
                Optional.empty(),
                Optional.of(new ShoSettings.Inquiries(Optional.of(10L))),
                Optional.empty());
    }

    /** The whole of it. @return the registration that had brought the old subscription */
    Nonce change() throws Exception {
        Nonce old = provision();
        change(old, instruct(Procedure.CHANGE), register());
        return old;
    }

    /** Of a device that has taken an order. @param register with which it begins, also again */
    void change(Nonce old, OwnerOrder order, Register register) throws Exception {
        Nonce nonce = obtain(register);
        byte[] acknowledgement = release(old);
        byte[] relay = new Relay(nonce, Opaque.of(acknowledgement)).encode();
        answer(DeviceResource.RELAY, relay);
        answer(DeviceResource.RELAY, relay);
        end(nonce, order);
        assertThat(newSho.registrations(machine.ueid).get(0).left()).isTrue();
        assertOnlyTheNewOperatorServes();
    }

    /** Over the old operator's connectivity. */
    Register register() {
        return new Register(
                Nonce.random(world.random), Optional.empty(), Procedure.CHANGE, Optional.of(Machine.state()));
    }

    /** Initial provisioning with the old operator; nothing of it is counted. */
    Nonce provision() throws Exception {
        int cut = cutAt;
        cutAt = Integer.MAX_VALUE;
        subscriber.choose(new Subscriber.Purchase(machine.ueid, PCID, machine.ownerToken, Optional.empty()), OLD);
        awaitIdle();
        Nonce nonce = obtain(Register.initial(Nonce.random(world.random), Optional.of(PCID)));
        answer(DeviceResource.REPORT, machine.report(nonce, ResultCode.OK));
        awaitIdle();
        Opaque kept = Opaque.of(machine.result(world.clock.instant()).sign(pvaKey));
        ivf.answer(asked -> new Ivf.Answer(asked.device(), Ivf.Standing.VALID, Optional.of(kept)));
        world.steps.clear();
        calls.set(0);
        cutAt = cut;
        return nonce;
    }

    /** Steps 1 and 2. */
    OwnerOrder instruct(Procedure procedure) throws Exception {
        Telemetry telemetry = new Telemetry(1, World.START, new TreeMap<>(Map.of("boots", 1L)));
        assertThat(Verdict.decode(answer(DeviceResource.TELEMETRY, telemetry.encode()))
                        .mail())
                .isFalse();
        subscriber.change(machine.ueid, procedure, NEW);
        subscriber.change(machine.ueid, procedure, NEW);
        awaitIdle();
        Ivf.Owned ours = new Ivf.Owned(machine.ueid, machine.inquiryToken());
        assertThat(ivf.permissions).contains(new Ivf.Permission("fleet", NEW, List.of(ours)));
        assertThat(Verdict.decode(answer(DeviceResource.TELEMETRY, telemetry.encode()))
                        .mail())
                .isTrue();
        return take(procedure);
    }

    /** Step 2 as the device sees it, as soon as the order is shown to it. */
    OwnerOrder take(Procedure procedure) throws Exception {
        OwnerOrder order = machine.order(Mail.decode(answer(DeviceResource.MAIL, new byte[0])));
        assertThat(order.operator()).isEqualTo(NEW);
        assertThat(order.procedure()).isEqualTo(procedure);
        byte[] taken = new OrderAnswer(order.id(), ResultCode.OK, false).encode();
        answer(DeviceResource.ORDER, taken);
        assertThat(Verdict.decode(answer(DeviceResource.ORDER, taken)).mail()).isFalse();
        return order;
    }

    /** From registering to a MCIM that opens. */
    Nonce obtain(Register register) throws Exception {
        RegisterAnswer operator = RegisterAnswer.decode(answer(DeviceResource.REGISTER, register.encode()));
        byte[][] mail = new byte[1][];
        world.await("the MCIM", () -> {
            validateWhatWasAsked();
            mail[0] = ask(() -> dpf.answer(machine.ueid, DeviceResource.MAIL, new byte[0]))
                    .orElse(null);
            return mail[0] != null;
        });
        heardByAnybody.note((Object) mail[0]);
        Mail.Download download = (Mail.Download) Mail.decode(mail[0]);
        assertThat(download.registration()).isEqualTo(register.registration());
        try (Mcim mcim = machine.open(download.envelope(), operator.certificate())) {
            assertThat(mcim.ownerToken()).isEqualTo(machine.tokenFor(operator.operator()));
            keys.put(
                    operator.operator(),
                    List.of(mcim.key().k().use(byte[]::clone), mcim.key().opc().use(byte[]::clone)));
        }
        return register.registration();
    }

    /** As a PVA would, when it is asked. */
    private void validateWhatWasAsked() {
        for (Pva.Request request : pva.requests) {
            byte[] result = machine.result(world.clock.instant()).sign(pvaKey);
            Optional<byte[]> unused = ask(() -> {
                (request.operator().equals(OLD) ? oldSho : newSho)
                        .validated(new Sho.Validation(
                                request.registration(),
                                request.device(),
                                ResultCode.OK,
                                Optional.of(Opaque.of(result))));
                return Optional.empty();
            });
        }
    }

    byte[] release(Nonce old) {
        return answer(DeviceResource.RELEASE, machine.release(old, OLD));
    }

    void end(Nonce nonce, OwnerOrder order) {
        end(machine.report(nonce, ResultCode.OK), order);
    }

    void end(byte[] report, OwnerOrder order) {
        answer(DeviceResource.REPORT, report);
        answer(DeviceResource.REPORT, report);
        byte[] done = new OrderAnswer(order.id(), ResultCode.OK, true).encode();
        answer(DeviceResource.ORDER, done);
        answer(DeviceResource.ORDER, done);
        awaitIdle();
        assertThat(subscriber.orders(machine.ueid))
                .extracting(Subscriber.Ordered::progress)
                .startsWith(Subscriber.Progress.DONE);
    }

    void assertOnlyTheNewOperatorServes() {
        awaitIdle();
        assertThat(oldSho.registrations(machine.ueid))
                .extracting(Sho.Standing::progress)
                .containsExactly(Sho.Progress.RELEASED);
        assertThat(newSho.registrations(machine.ueid).get(0).progress()).isEqualTo(Sho.Progress.PROVISIONED);
        assertThat(count(OLD, "contract")).isZero();
        assertThat(count(OLD, "auc_subscription")).isZero();
        assertThat(count(NEW, "auc_subscription")).isEqualTo(1);
    }

    long count(Plmn operator, String table) {
        return world.number("sho." + operator, "sho.db", "SELECT COUNT(*) FROM " + table);
    }

    void awaitIdle() {
        world.await("nothing is owed", () -> {
            restartIfDown();
            return owed() + owed() == 0;
        });
    }

    private long owed() {
        return Stream.of("subscriber.fleet", "drf.901-70", "sho." + OLD, "sho." + NEW, "dpf.901-70")
                .mapToLong(role -> world.number(
                        role, role.replaceFirst("[.].*", ".db"), "SELECT COUNT(*) FROM outbox WHERE kind <> 'limit'"))
                .sum();
    }

    Optional<byte[]> ask(Question question) {
        restartIfDown();
        try {
            return question.ask();
        } catch (Refused | RuntimeException notYet) {
            return Optional.empty();
        } catch (Exception fault) {
            throw new IllegalStateException(fault);
        }
    }

    /** Asks whoever answers this resource until there is an answer. */
    byte[] answer(DeviceResource resource, byte[] body) {
        byte[][] answer = new byte[1][];
        world.await("an answer to " + resource, () -> {
            answer[0] = ask(() -> service(resource).answer(machine.ueid, resource, body))
                    .orElse(null);
            return answer[0] != null;
        });
        heardByAnybody.note(body, answer[0]);
        return answer[0];
    }

    private DeviceService service(DeviceResource resource) {
        return switch (resource) {
            case REGISTER, RELEASE -> drf;
            case REPORT, RELAY -> dpf;
            case MAIL, TELEMETRY, ORDER, ACTIVATION -> subscriber;
            case EVIDENCE -> throw new IllegalArgumentException("no evidence is asked for here");
        };
    }

    ResultCode refusal(Question question) {
        try {
            return question.ask().map(taken -> ResultCode.OK).orElse(ResultCode.OK);
        } catch (Refused refused) {
            return refused.code();
        } catch (Exception fault) {
            throw new IllegalStateException(fault);
        }
    }

    private void restartIfDown() {
        if (down) {
            stop();
            down = false;
            start();
        }
    }

    /** A peer as it is reached: one call is cut, and from then on nobody is reached until all were restarted. */
    <T> T cuttable(Class<T> type, T role) {
        Object proxy =
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    boolean cut = !down && calls.incrementAndGet() == cutAt;
                    if (down || (cut && !replyLost)) {
                        down = true;
                        throw new Unavailable(method.getName() + ": request lost", new IOException("cut"));
                    }
                    try {
                        heardByAnybody.note(arguments);
                        if (role == newSho) {
                            heardByNew.note(arguments);
                        }
                        Object answer = method.invoke(role, arguments);
                        heardByAnybody.note(answer);
                        if (role == ivf || role == pva) { // the old one asks them nothing after its first time
                            heardByNew.note(answer);
                        }
                        if (cut) {
                            down = true;
                            throw new Unavailable(method.getName() + ": reply lost", new IOException("cut"));
                        }
                        return answer;
                    } catch (InvocationTargetException thrown) {
                        throw thrown.getCause() == null ? thrown : thrown.getCause();
                    }
                });
        return type.cast(proxy);
    }
}
