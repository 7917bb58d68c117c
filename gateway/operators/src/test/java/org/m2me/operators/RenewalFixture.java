// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.m2me.operators.AuthenticationCentre.ApnProfile;
import org.m2me.operators.AuthenticationCentre.VectorRequest;
import org.m2me.operators.Supplier.PcidWay;
import org.m2me.operators.ro.dpf.DpfRole;
import org.m2me.operators.ro.drf.DrfRole;
import org.m2me.operators.ro.icf.IcfSettings;
import org.m2me.operators.ro.icf.InitialConnectivity;
import org.m2me.operators.supplier.CcifRole;
import org.m2me.operators.supplier.PcidSettings;
import org.m2me.operators.supplier.SupplierRole;
import org.m2me.operators.wiring.RoleContext;
import org.m2me.protocol.aka.AkaKey;
import org.m2me.protocol.aka.SqnArray;
import org.m2me.protocol.aka.SqnParameters;
import org.m2me.protocol.aka.UsimAuthentication;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.envelope.Mcim;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Pcid;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.DeviceResource;
import org.m2me.protocol.message.Mail;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.Register;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.message.Verdict;
import org.m2me.protocol.pki.Certificate;
import org.m2me.protocol.pki.CertificateAuthority;

/** DRF, DPF, ICF, CCIF and supplier together, with machines that the supplier makes; one call between them can be lost. */
abstract class RenewalFixture {
    static final Plmn REGISTRAR = Plmn.parse("901-70");
    static final Duration LIFETIME = Duration.ofDays(300);
    static final Duration QUARANTINE = Duration.ofDays(30);
    static final Duration RENEW_BEFORE = Duration.ofDays(90);
    static final Duration UNTIL_DUE = LIFETIME.minus(RENEW_BEFORE).plusHours(1);

    /** PCIDs that the CCIF has, and that the supplier has itself. */
    static final int POOL = 2;

    @TempDir
    Path directory;

    World world;
    final Neighbours peers = new Neighbours();
    final List<Ueid> toldRevoked = new CopyOnWriteArrayList<>();
    private RoleContext drfContext;
    private RoleContext dpfContext;
    private RoleContext icfContext;
    private RoleContext ccifContext;
    private RoleContext supplierContext;
    private CertificateAuthority devices;
    private P256PrivateKey devicesKey;
    DrfRole drf;
    DpfRole dpf;
    InitialConnectivity icf;
    CcifRole ccif;
    SupplierRole supplier;
    Machine machine;
    Supplier.Made made;
    Nonce registration;

    final AtomicInteger calls = new AtomicInteger();
    volatile int cutAt = Integer.MAX_VALUE;
    volatile boolean replyLost;

    @BeforeEach
    void prepare() throws Exception {
        world = new World(directory);
        drfContext = world.context("drf.901-70");
        dpfContext = world.context("dpf.901-70");
        icfContext = world.context("icf.901-70");
        ccifContext = world.context("ccif");
        supplierContext = world.context("supplier.acme");
        devicesKey = P256PrivateKey.generate(world.random);
        devices = CertificateAuthority.selfSigned(
                "acme devices", devicesKey, World.START.minusSeconds(3600), World.START.plus(Duration.ofDays(36_500)));
        peers.set(Pva.class, pva());
        start();
        machine = new Machine(world.random);
        made = make(machine, PcidWay.ISSUED_BY_CCIF);
        registration = Nonce.random(world.random);
        calls.set(0);
    }

    /** Takes every device in hand, and notes which are revoked. */
    private Pva pva() {
        Object proxy =
                Proxy.newProxyInstance(Pva.class.getClassLoader(), new Class<?>[] {Pva.class}, (self, method, all) -> {
                    if (method.getName().equals("revoked")) {
                        toldRevoked.add((Ueid) all[1]);
                    }
                    return null;
                });
        return (Pva) proxy;
    }

    private void start() {
        ApnProfile initial = new ApnProfile(
                "provisioning.ro", List.of(new AuthenticationCentre.Destination(17, "10.66.0.1/32", 5684)), 0);
        icf = new InitialConnectivity(
                icfContext, new IcfSettings(List.of(REGISTRAR), initial, IcfSettings.SESSIONS_MAX, Optional.empty()));
        peers.set(Icf.class, losing(Icf.class, icf));
        ccif = new CcifRole(ccifContext, peers, pcids(1));
        peers.set(Ccif.class, losing(Ccif.class, ccif));
        SupplierRole.Settings settings =
                new SupplierRole.Settings("acme", devices, devicesKey, pcids(5_000), "provisioning.ro", RENEW_BEFORE);
        supplier = new SupplierRole(supplierContext, peers, settings).start();
        peers.set(Supplier.class, losing(Supplier.class, supplier));
        dpf = new DpfRole(dpfContext, peers).start();
        peers.set(Dpf.class, losing(Dpf.class, dpf));
        drf = new DrfRole(drfContext, peers).start();
    }

    private static PcidSettings pcids(long first) {
        return new PcidSettings(REGISTRAR, ImsiRange.of(REGISTRAR, first, POOL), LIFETIME, QUARANTINE);
    }

    @AfterEach
    void stop() {
        drf.close();
        dpf.close();
        supplier.close();
        ccif.close();
        icf.close();
    }

    void restart() {
        stop();
        start();
    }

    /** A peer as it is reached: one call is lost, before or after it took effect. */
    private <T> T losing(Class<T> type, T role) {
        Object proxy = Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, all) -> {
            boolean cut = calls.incrementAndGet() == cutAt;
            if (cut && !replyLost) {
                throw new Unavailable(method.getName() + ": request lost", new IOException("cut"));
            }
            try {
                Object answer = method.invoke(role, all);
                if (cut) {
                    throw new Unavailable(method.getName() + ": reply lost", new IOException("cut"));
                }
                return answer;
            } catch (InvocationTargetException thrown) {
                throw thrown.getCause() == null ? thrown : thrown.getCause();
            }
        });
        return type.cast(proxy);
    }

    Supplier.Made make(Machine machine, PcidWay way) throws Refused {
        P256PrivateKey transport = P256PrivateKey.generate(world.random);
        Supplier.Made made = supplier.make(new Supplier.Blank(
                machine.ueid,
                "board",
                Opaque.of(machine.platformKey.publicKey().spki()),
                Opaque.of(transport.publicKey().spki()),
                Opaque.of(machine.agreementKey.publicKey().spki()),
                Nonce.random(world.random),
                way));
        if (made.depositForm().isPresent()) {
            supplier.depositForm(made.depositForm().get());
        }
        return made;
    }

    /** The device asks. */
    void ask(Machine machine, Nonce registration, Pcid pcid) throws Exception {
        byte[] answer = drf.answer(
                        machine.ueid,
                        DeviceResource.REGISTER,
                        Register.renewal(registration, pcid).encode())
                .orElseThrow();
        assertThat(Verdict.decode(answer).code()).isEqualTo(ResultCode.OK);
    }

    static ResultCode code(ThrowingCallable call) {
        return catchThrowableOfType(Refused.class, call).code();
    }

    List<Pcid> pcids() throws Refused {
        return supplier.pcids(machine.ueid, made.ownerToken());
    }

    /** A new PCID as the device opens it. */
    static Mcim open(Machine machine, Mail mail) throws Exception {
        Mail.Credential credential = (Mail.Credential) mail;
        return machine.open(
                credential.envelope(),
                Certificate.parse(credential.certificate().bytes()));
    }

    /** The PCID in a mail. */
    static Pcid offered(Machine machine, Mail mail) throws Exception {
        try (Mcim opened = open(machine, mail)) {
            return new Pcid(opened.imsi());
        }
    }

    /** What the DPF, or else the DRF, has for the device next. */
    Mail mail(Machine machine) {
        world.await("mail", () -> waiting(machine).isPresent());
        return Machine.mail(waiting(machine));
    }

    Optional<byte[]> waiting(Machine machine) {
        Optional<byte[]> refusal = atDrf(machine);
        return refusal.isPresent() ? refusal : mailOf(dpf, machine);
    }

    private Optional<byte[]> atDrf(Machine machine) {
        return mailOf(drf, machine);
    }

    private static Optional<byte[]> mailOf(DeviceService role, Machine machine) {
        try {
            return role.answer(machine.ueid, DeviceResource.MAIL, new byte[0]);
        } catch (Refused impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    ResultCode refusal(Machine machine) {
        world.await("refusal", () -> atDrf(machine).isPresent());
        return ((Mail.Refusal) Machine.mail(atDrf(machine))).code();
    }

    void report(Machine machine, Nonce registration) throws Refused {
        assertThat(dpf.answer(machine.ueid, DeviceResource.REPORT, machine.report(registration, ResultCode.OK)))
                .isPresent();
    }

    void awaitIdle() {
        world.awaitIdle("drf.901-70", "drf.db");
        world.awaitIdle("dpf.901-70", "dpf.db");
        world.awaitIdle("supplier.acme", "supplier.db");
    }

    /** Whether a device with this key gets in when its PCID is activated. */
    boolean getsIn(Pcid pcid, AkaKey key) {
        try {
            icf.activate(pcid, world.clock.instant(), world.clock.instant().plus(Duration.ofDays(1)));
            var vector = icf.vectors(new VectorRequest(pcid.imsi(), "vno.262-42", 1, Optional.empty(), false))
                    .get(0);
            return UsimAuthentication.answer(
                            key.functions(), SqnArray.fresh(SqnParameters.DEFAULT), vector.rand(), vector.autn())
                    instanceof UsimAuthentication.Answer.Success;
        } catch (Refused refused) {
            return false;
        }
    }

    long issued(String which) {
        return world.number("ccif", "ccif.db", "SELECT COUNT(*) FROM issued WHERE " + which);
    }
}
