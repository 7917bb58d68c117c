// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.pva;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.m2me.operators.AuthenticationCentre;
import org.m2me.operators.Ccif;
import org.m2me.operators.Dpf;
import org.m2me.operators.Drf;
import org.m2me.operators.Icf;
import org.m2me.operators.ImsiRange;
import org.m2me.operators.Ivf;
import org.m2me.operators.ManualClock;
import org.m2me.operators.PcidRecord;
import org.m2me.operators.Peers;
import org.m2me.operators.Pva;
import org.m2me.operators.Regulator;
import org.m2me.operators.Sho;
import org.m2me.operators.Subscriber;
import org.m2me.operators.Supplier;
import org.m2me.operators.Supplier.PcidWay;
import org.m2me.operators.Unavailable;
import org.m2me.operators.ivf.IvfRole;
import org.m2me.operators.ivf.ShortLists;
import org.m2me.operators.supplier.CcifRole;
import org.m2me.operators.supplier.PcidSettings;
import org.m2me.operators.supplier.SupplierRole;
import org.m2me.operators.wiring.RoleContext;
import org.m2me.protocol.cbor.CborException;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.evidence.Evidence;
import org.m2me.protocol.evidence.MeasuredComponent;
import org.m2me.protocol.identity.Imsi;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Pcid;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.DeviceResource;
import org.m2me.protocol.message.Mail;
import org.m2me.protocol.message.OwnerSecret;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.message.Verdict;
import org.m2me.protocol.pki.Certificate;
import org.m2me.protocol.pki.CertificateAuthority;
import org.m2me.protocol.pki.CertificateAuthority.Usage;
import org.m2me.protocol.step.StepEvent;

/** A PVA with a real supplier, CCIF and IVF around it; the ICF takes note of what it is given, and the SHO of results. */
final class PvaWorld implements Peers, AutoCloseable {
    static final String MODEL = "test-board";
    static final Plmn OPERATOR = Plmn.parse("262-01");
    static final Plmn REGISTRAR = Plmn.parse("901-70");
    static final List<MeasuredComponent> GOOD =
            List.of(component("runtime", 1), component("agent", 2), component("config", 3));

    private static final Duration QUARANTINE = Duration.ofDays(30);

    final ManualClock clock;
    final SecureRandom random = new SecureRandom();
    final List<StepEvent> steps = new ArrayList<>();
    final Map<Pcid, PcidRecord> icfAccepted = new ConcurrentHashMap<>();
    final BlockingQueue<Sho.Validation> validations = new LinkedBlockingQueue<>();
    final P256PrivateKey rootKey = P256PrivateKey.generate(random);
    final P256PrivateKey deviceCaKey = P256PrivateKey.generate(random);
    final CertificateAuthority root;
    final CertificateAuthority deviceCa;
    final CertificateAuthority rivalCa;
    Optional<URI> responder = Optional.empty();
    Certificate acmeAuthority;
    final RoleContext pvaContext;
    private final RoleContext ivfContext;
    IvfRole ivf;
    final CcifRole ccif;
    final SupplierRole supplier;
    PvaRole pva;
    boolean supplierSilent;
    volatile boolean pvaSilent;
    boolean icfAnswersLost;
    boolean shoSilent;
    volatile boolean ivfSilent;
    /** The PVA's, from its next start: an IVF that is there is waited for, however busy the machine is. */
    Duration ivfWait = Duration.ofSeconds(20);

    PvaWorld(Path directory) throws IOException {
        this(directory, Instant.parse("2026-11-22T12:00:00Z"));
    }

    PvaWorld(Path directory, Instant start) throws IOException {
        this(directory, start, 2);
    }

    /** @param pcids of the supplier, as many as devices that it may make */
    PvaWorld(Path directory, Instant start, int pcids) throws IOException {
        clock = new ManualClock(start);
        root = authority("operators", rootKey);
        deviceCa = authority("acme devices", deviceCaKey);
        acmeAuthority = deviceCa.certificate();
        rivalCa = authority("rival devices", P256PrivateKey.generate(random));
        pvaContext = context(directory, "pva");
        ivfContext = context(directory, "ivf");
        ivf = new IvfRole(ivfContext, pvaContext.certificate());
        PcidSettings pool =
                new PcidSettings(REGISTRAR, ImsiRange.of(REGISTRAR, 1, 2), Duration.ofDays(365), QUARANTINE);
        ccif = new CcifRole(context(directory, "ccif"), this, pool);
        RoleContext supplierContext = context(directory, "supplier.acme");
        PcidSettings own =
                new PcidSettings(REGISTRAR, ImsiRange.of(REGISTRAR, 5_000, pcids), Duration.ofDays(365), QUARANTINE);
        supplier = new SupplierRole(
                        supplierContext,
                        this,
                        new SupplierRole.Settings(
                                "acme",
                                deviceCa,
                                deviceCaKey,
                                own,
                                "provisioning.ro",
                                SupplierRole.Settings.RENEW_BEFORE))
                .start();
        supplierSigner = supplierContext.certificate();
        pva = new PvaRole(pvaContext, this, settings(), ivfWait);
    }

    private final Certificate supplierSigner;

    private PvaSettings settings() {
        return new PvaSettings(
                Map.of(
                        "acme", new PvaSettings.SupplierTrust(acmeAuthority, supplierSigner, responder),
                        "rival", new PvaSettings.SupplierTrust(rivalCa.certificate(), supplierSigner, responder)),
                List.of(AppraisalPolicy.BASELINE));
    }

    void restartPva() {
        pva.close();
        pva = new PvaRole(pvaContext, this, settings(), ivfWait);
    }

    /** @param length devices in one list of whose results are void */
    void restartIvf(int length) {
        ivf.close();
        ivf = ShortLists.of(ivfContext, pvaContext.certificate(), length);
    }

    void restartIvf() {
        ivf.close();
        ivf = new IvfRole(ivfContext, pvaContext.certificate());
    }

    private CertificateAuthority authority(String name, P256PrivateKey key) {
        return CertificateAuthority.selfSigned(
                name,
                key,
                clock.instant().minus(Duration.ofDays(1)),
                clock.instant().plus(Duration.ofDays(36_500)));
    }

    private RoleContext context(Path parent, String name) throws IOException {
        P256PrivateKey key = P256PrivateKey.generate(random);
        Certificate certificate = root.issue(new CertificateAuthority.Request(
                name,
                "localhost",
                key.publicKey(),
                Usage.ROLE,
                clock.instant().minus(Duration.ofDays(1)),
                clock.instant().plus(Duration.ofDays(36_500))));
        Path directory = Files.createDirectories(parent.resolve(name));
        return new RoleContext(directory, clock, random, this::note, certificate, key, List.of(root.certificate()));
    }

    private synchronized void note(StepEvent event) {
        steps.add(event);
    }

    static MeasuredComponent component(String name, int seed) {
        byte[] digest = new byte[32];
        digest[0] = (byte) seed;
        return new MeasuredComponent(name, "1.0", Opaque.of(digest));
    }

    /** A device with the keys that its Trusted Environment would hold. */
    final class TestDevice {
        final Ueid ueid;
        final P256PrivateKey platform = P256PrivateKey.generate(random);
        final P256PrivateKey agreement = P256PrivateKey.generate(random);
        final Nonce pcidNonce = Nonce.random(random);
        Opaque ownerToken = Opaque.of(new byte[OwnerSecret.LENGTH]);
        long boots = 1;
        long generation = 1;

        TestDevice() {
            byte[] id = new byte[Ueid.LENGTH];
            random.nextBytes(id);
            id[0] = 1;
            ueid = new Ueid(Opaque.of(id));
        }

        Opaque inquiryToken() {
            try (SecretBytes secret = SecretBytes.takeFrom(ownerToken.bytes())) {
                return OwnerSecret.inquiryToken(secret);
            }
        }

        Opaque ownerProof() {
            return OwnerSecret.proofOf(inquiryToken());
        }

        Supplier.Blank blank(PcidWay way) {
            P256PrivateKey transport = P256PrivateKey.generate(random);
            return new Supplier.Blank(
                    ueid,
                    MODEL,
                    Opaque.of(platform.publicKey().spki()),
                    Opaque.of(transport.publicKey().spki()),
                    Opaque.of(agreement.publicKey().spki()),
                    pcidNonce,
                    way);
        }

        byte[] evidence(Nonce nonce, List<MeasuredComponent> components) {
            return new Evidence(
                            ueid,
                            nonce,
                            MODEL,
                            boots,
                            generation,
                            components,
                            Opaque.of(new byte[32]),
                            agreement.publicKey())
                    .sign(platform);
        }
    }

    /** A device that the supplier made and released. */
    TestDevice made() throws Refused {
        TestDevice device = new TestDevice();
        device.ownerToken = supplier.make(device.blank(PcidWay.SENT_TO_CCIF)).ownerToken();
        return device;
    }

    Pva.Request request(TestDevice device) {
        return new Pva.Request(Nonce.random(random), device.ueid, OPERATOR, AppraisalPolicy.BASELINE.id());
    }

    /** The device is asked for evidence, and has measured this. */
    ResultCode validate(TestDevice device, List<MeasuredComponent> components) throws Refused, CborException {
        return validate(request(device), device, components);
    }

    ResultCode validate(Pva.Request request, TestDevice device, List<MeasuredComponent> components)
            throws Refused, CborException {
        pva.validate(request);
        byte[] mail = pva.answer(device.ueid, DeviceResource.MAIL, new byte[0]).orElseThrow();
        Nonce challenge = ((Mail.Challenge) Mail.decode(mail)).nonce();
        byte[] answer = pva.answer(device.ueid, DeviceResource.EVIDENCE, device.evidence(challenge, components))
                .orElseThrow();
        return Verdict.decode(answer).code();
    }

    /** What the PVA says of one device. @throws Refused what it refuses */
    Opaque authenticate(Pva.Request request) throws Refused {
        Pva.Authentications answer = pva.authenticate(
                request.operator(), List.of(new Pva.Applicant(request.registration(), request.device())));
        for (Pva.Refusal refusal : answer.refusals()) {
            throw new Refused(refusal.code(), "authenticity");
        }
        return answer.word().orElseThrow();
    }

    /** What the ICF was given for a PCID. */
    PcidRecord accepted(Pcid pcid) {
        return Optional.ofNullable(icfAccepted.get(pcid))
                .orElseThrow(() -> new AssertionError("the ICF was not given " + pcid));
    }

    /** What the SHO is told next. */
    Sho.Validation told() throws InterruptedException {
        Sho.Validation validation = validations.poll(20, TimeUnit.SECONDS);
        if (validation == null) {
            throw new AssertionError("the SHO was told nothing within 20 s");
        }
        return validation;
    }

    @Override
    public Optional<AuthenticationCentre> home(Imsi imsi) {
        return Optional.empty();
    }

    @Override
    public Icf icf() {
        return new NotingIcf(icfAccepted, icfAnswersLost);
    }

    @Override
    public Drf drf() {
        throw new AssertionError("nobody here calls the DRF");
    }

    @Override
    public Dpf dpf() {
        throw new AssertionError("nobody here calls the DPF");
    }

    @Override
    public Sho sho(Plmn operator) {
        if (shoSilent) {
            throw new Unavailable("the SHO is down", new IOException("connection refused"));
        }
        return new NotingSho(validations);
    }

    @Override
    public Pva pva() {
        if (pvaSilent) {
            throw new Unavailable("the PVA is down", new IOException("connection refused"));
        }
        return pva;
    }

    @Override
    public Ivf ivf() {
        if (ivfSilent) {
            throw new Unavailable("the IVF is down", new IOException("connection refused"));
        }
        return ivf;
    }

    @Override
    public Ccif ccif() {
        return ccif;
    }

    @Override
    public Subscriber subscriber(String name) {
        throw new UnsupportedOperationException("no subscriber here");
    }

    @Override
    public Supplier supplier(String name) {
        if (supplierSilent) {
            throw new Unavailable("the supplier is down", new IOException("connection refused"));
        }
        return supplier;
    }

    @Override
    public Optional<Regulator> regulator() {
        return Optional.empty();
    }

    @Override
    public void close() {
        pva.close();
        supplier.close();
        ccif.close();
        ivf.close();
    }
}
