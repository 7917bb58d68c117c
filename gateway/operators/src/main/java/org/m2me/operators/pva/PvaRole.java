// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.pva;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.m2me.operators.DeviceFeedLog;
import org.m2me.operators.DeviceService;
import org.m2me.operators.Ivf;
import org.m2me.operators.Peers;
import org.m2me.operators.Pva;
import org.m2me.operators.pva.PvaSettings.SupplierTrust;
import org.m2me.operators.pva.Validations.Validation;
import org.m2me.operators.store.Database;
import org.m2me.operators.store.Outbox;
import org.m2me.operators.wiring.RoleContext;
import org.m2me.protocol.crypto.ForgedException;
import org.m2me.protocol.crypto.Hashes;
import org.m2me.protocol.evidence.AttestationResult;
import org.m2me.protocol.evidence.ReferenceValues;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.DeviceFeed;
import org.m2me.protocol.message.DeviceResource;
import org.m2me.protocol.message.Mail;
import org.m2me.protocol.message.OwnerSecret;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.message.Verdict;
import org.m2me.protocol.pki.Certificate;
import org.m2me.protocol.pki.CertificatePath;
import org.m2me.protocol.pki.CertificateRefused;
import org.m2me.protocol.step.Step;
import org.m2me.protocol.step.Steps;
import org.m2me.protocol.step.Steps.Carried;

/** The PVA: is told whom to expect, challenges, appraises what comes back, and issues results. */
public final class PvaRole implements Pva, DeviceService, AutoCloseable {
    /** Answering takes seconds; a challenge older than this is replaced when the device next looks into its mailbox. */
    static final Duration CHALLENGE_LIFETIME = Duration.ofMinutes(10);

    private final Database database;
    private final Outbox outbox;
    private final DeviceFeedLog feed;
    private final RoleContext context;
    private final Steps steps;
    private final PvaSettings settings;
    private final CredentialCheck credentials;
    private final Examination examination;
    private final Vouching vouching;
    private final Revocations revocations;
    private final Workload workload = new Workload();
    private final Clock clock;

    public PvaRole(RoleContext context, Peers peers, PvaSettings settings) {
        this(context, peers, settings, Revocations.IVF_WAIT);
    }

    /** @param wait until the IVF knows what is void */
    PvaRole(RoleContext context, Peers peers, PvaSettings settings, Duration wait) {
        this.context = context;
        this.steps = context.steps();
        this.settings = settings;
        this.clock = context.clock();
        List<String> schema = new ArrayList<>(Enrolments.SCHEMA);
        schema.addAll(List.of(
                Validations.SCHEMA,
                Validations.SCHEMA_OPEN,
                Validations.SCHEMA_DEVICE,
                Validations.SCHEMA_WATERMARK,
                AuthenticationRequests.SCHEMA,
                AuthenticationRequests.SCHEMA_ASKED,
                KnownBads.SCHEMA,
                KnownBads.SCHEMA_REVOKED,
                KnownBads.SCHEMA_AT,
                Standings.SCHEMA,
                Outbox.SCHEMA));
        this.database = Database.open(context.directory().resolve("pva.db"), schema.toArray(String[]::new));
        this.feed = new DeviceFeedLog(clock, database.read(Validations::waiting));
        Reports reports = new Reports(peers);
        this.revocations = new Revocations(peers, clock, wait);
        Map<String, Outbox.Handler> handlers = new HashMap<>(reports.handlers());
        handlers.put(Revocations.TO_IVF, revocations::handle);
        this.outbox = Outbox.of(database, clock, context.random(), handlers, Reports::givenUp)
                .start();
        this.credentials = new CredentialCheck(peers, clock, context.random(), CredentialCheck.ANSWER_WAIT);
        RecentWords words = new RecentWords();
        this.examination = new Examination(database, credentials, words, settings, clock);
        this.vouching = new Vouching(
                context, settings, new Vouching.Parts(database, outbox, revocations, credentials, words, workload));
    }

    @Override
    public void enrol(Ueid device, Opaque platformCertificate, Opaque ownerProof) throws Refused {
        if (ownerProof.length() != OwnerSecret.PROOF_LENGTH) {
            throw new Refused(ResultCode.MALFORMED, "owner's proof: " + ownerProof.length() + " bytes");
        }
        Certificate certificate = parse(platformCertificate);
        if (!certificate.commonName().equals(device.hex())) {
            throw invalid("is named " + certificate.commonName() + ", not as the device " + device);
        }
        String supplier = issuerOf(certificate);
        Opaque authority =
                Enrolled.fingerprint(Optional.ofNullable(settings.suppliers().get(supplier))
                        .orElseThrow()
                        .authority());
        database.change(connection -> {
            Optional<Enrolments.Credential> known = Enrolments.credential(connection, device);
            if (known.isPresent() && !known.get().supplier().equals(supplier)) {
                throw new Refused(
                        ResultCode.FORBIDDEN,
                        "platform credential: " + device + " is of supplier "
                                + known.get().supplier() + ", not of " + supplier);
            }
            Enrolments.enrol(
                    connection,
                    device,
                    new Enrolments.Credential(
                            supplier, platformCertificate, Optional.of(ownerProof), Optional.of(authority)));
        });
    }

    private String issuerOf(Certificate certificate) throws Refused {
        return settings.suppliers().entrySet().stream()
                .filter(supplier -> issued(supplier.getValue().authority(), certificate))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow(() -> invalid("was issued by no supplier that is trusted here"));
    }

    private static boolean issued(Certificate authority, Certificate certificate) {
        try {
            CertificatePath.verify(certificate, List.of(authority), certificate.notBefore());
            return true;
        } catch (CertificateRefused other) {
            return false;
        }
    }

    @Override
    public void references(String supplier, Opaque signed) throws Refused {
        SupplierTrust trust = settings.suppliers().get(supplier);
        if (trust == null) {
            throw new Refused(ResultCode.CREDENTIAL_INVALID, "supplier: " + supplier + " is not trusted here");
        }
        try {
            ReferenceValues read =
                    ReferenceValues.verify(signed.bytes(), trust.signer().publicKey());
            if (!read.id().equals(supplier + "/" + read.model())) {
                throw new Refused(
                        ResultCode.CREDENTIAL_INVALID,
                        "reference values: " + read.id() + " is not " + supplier + "/" + read.model());
            }
            database.change(
                    connection -> Enrolments.publish(connection, supplier, read.model(), read.version(), signed));
        } catch (ForgedException forged) {
            throw new Refused(ResultCode.CREDENTIAL_INVALID, "reference values: " + forged.getMessage());
        }
    }

    @Override
    public void validate(Request request) throws Refused {
        if (settings.policies().stream().noneMatch(policy -> policy.id().equals(request.policyId()))) {
            throw new Refused(ResultCode.POLICY, "policy id: " + request.policyId() + " is not known here");
        }
        boolean opened = database.<Boolean, Refused>transact(connection -> {
            if (Validations.byRegistration(connection, request.registration()).isPresent()) {
                return false;
            }
            if (Enrolments.credential(connection, request.device()).isEmpty()) {
                throw new Refused(ResultCode.UNKNOWN_DEVICE, request.device() + " was not enrolled by a supplier");
            }
            steps.report(
                    Step.REQUEST_VALIDATION,
                    request.device().hex(),
                    ResultCode.OK,
                    new Carried("policy " + request.policyId(), 0, 0));
            Validations.open(connection, request, Nonce.random(context.random()), clock.instant());
            return true;
        });
        if (opened) {
            feed.announce(request.device());
        }
    }

    @Override
    public Optional<List<Ueid>> withdraw(String supplier, KnownBad what, Optional<Ueid> after) throws Refused {
        if (!settings.suppliers().containsKey(supplier)) {
            throw new Refused(ResultCode.CREDENTIAL_INVALID, "supplier: " + supplier + " is not trusted here");
        }
        if (after.isPresent()) {
            return moreOf(supplier, what, after.get());
        }
        String key = Opaque.of(Hashes.sha256((supplier + " " + what).getBytes(StandardCharsets.UTF_8)))
                .hex();
        return revocations
                .<Boolean, Refused>tell(database, outbox, key, connection -> {
                    KnownBads.add(connection, supplier, what, clock.instant());
                    return new Revocations.Found<>(true, List.of(Revocations.ofSupplier(supplier, what)));
                })
                .devices();
    }

    /** Nothing is withdrawn anew: what its supplier has released since may rest on what it was named by. */
    private Optional<List<Ueid>> moreOf(String supplier, KnownBad what, Ueid after) throws Refused {
        Instant since = database.<Optional<Instant>, Refused>read(
                        connection -> KnownBads.since(connection, supplier, what))
                .orElseThrow(() -> new Refused(ResultCode.NOT_FOUND, supplier + " has not withdrawn " + what));
        return revocations.more(Revocations.ofSupplier(supplier, what, since), after);
    }

    @Override
    public void revoked(String supplier, Ueid device) throws Refused {
        revocations.<Boolean, Refused>tell(database, outbox, "revoked-" + device, connection -> {
            Optional<Enrolments.Credential> enrolled = Enrolments.credential(connection, device);
            if (enrolled.isPresent() && !enrolled.get().supplier().equals(supplier)) {
                throw new Refused(
                        ResultCode.FORBIDDEN,
                        "platform credential: " + device + " is of supplier "
                                + enrolled.get().supplier());
            }
            if (enrolled.isEmpty()) {
                return new Revocations.Found<>(true, List.of());
            }
            Standings.end(connection, device, clock.instant());
            return new Revocations.Found<>(true, revocations.ofRevoked(connection, thumbprint(enrolled.get())));
        });
    }

    private static Opaque thumbprint(Enrolments.Credential enrolled) {
        return Certificate.parse(enrolled.certificate().bytes()).publicKey().thumbprint();
    }

    @Override
    public Authentications authenticate(Plmn operator, List<Applicant> applicants) throws Refused {
        return vouching.answer(operator, applicants);
    }

    @Override
    public Counters counters() {
        return workload.counters();
    }

    @Override
    public Optional<byte[]> answer(Ueid device, DeviceResource resource, byte[] body) throws Refused {
        return switch (resource) {
            case MAIL -> mail(device).map(Mail::encode);
            case EVIDENCE -> Optional.of(appraise(device, body).encode());
            case REGISTER, REPORT, TELEMETRY, ORDER, RELEASE, RELAY, ACTIVATION ->
                throw new Refused(ResultCode.NOT_FOUND, resource + " is not the PVA's");
        };
    }

    private Optional<Mail> mail(Ueid device) {
        return database.transact(connection -> {
            Optional<Validation> open = Validations.open(connection, device);
            if (open.isEmpty()) {
                return Optional.empty();
            }
            Nonce registration = open.get().request().registration();
            Nonce challenge = open.get().challenge();
            if (open.get().challenged().plus(CHALLENGE_LIFETIME).isBefore(clock.instant())) {
                challenge = Nonce.random(context.random());
                Validations.challenge(connection, registration, challenge, clock.instant());
            }
            return Optional.of(new Mail.Challenge(registration, challenge));
        });
    }

    private Verdict appraise(Ueid device, byte[] evidence) throws Refused {
        Examination.Finding finding = workload.validations.time(() -> examination.examine(device, evidence));
        if (finding.repeated()) {
            return new Verdict(finding.code());
        }
        Optional<Issued> issued = workload.validations.time(
                () -> finding.result(context.certificate().commonName()).map(this::issue));
        boolean decided = revocations
                .<Boolean, RuntimeException>tell(
                        database,
                        outbox,
                        "validation-" + finding.registration(),
                        connection -> decide(connection, finding, issued, evidence.length))
                .value();
        return new Verdict(decided ? finding.code() : ResultCode.EVIDENCE_STALE);
    }

    private record Issued(AttestationResult result, Opaque signed) {}

    private Issued issue(AttestationResult result) {
        return new Issued(result, Opaque.of(result.sign(context.key())));
    }

    private Revocations.Found<Boolean> decide(
            Connection connection, Examination.Finding finding, Optional<Issued> issued, int length)
            throws SQLException {
        Ueid device = finding.request().device();
        if (!Validations.decide(connection, finding.registration(), finding.code(), finding.digest())) {
            return new Revocations.Found<>(false, List.of());
        }
        if (issued.isPresent()) {
            Standings.issued(connection, issued.get().result(), finding.measured());
            Validations.raise(connection, device, finding.bootCount(), finding.storeGeneration());
            KnownBads.passed(connection, finding.credential());
            outbox.add(
                    connection,
                    Reports.TO_IVF,
                    "ivf-" + finding.registration(),
                    Reports.encode(
                            issued.get().signed(), finding.measured(), Enrolments.ownerProof(connection, device)));
        }
        outbox.add(
                connection,
                Reports.TO_SHO,
                finding.registration().toString(),
                Reports.encode(finding.request(), finding.code(), issued.map(Issued::signed)));
        workload.validations.count(finding.code());
        // Last in the transaction: nobody hears of step 10 before it is committed, and what is not kept is not
        // told.
        steps.report(Step.VALIDATE, device.hex(), finding.code(), new Carried(finding.words(), 0, length));
        return new Revocations.Found<>(true, withdrawals(connection, finding));
    }

    /** A validation that failed voids what was found before; only an unknown policy says nothing about the device. */
    private List<Ivf.Withdrawal> withdrawals(Connection connection, Examination.Finding finding) throws SQLException {
        if (finding.code() == ResultCode.OK || finding.code() == ResultCode.POLICY) {
            return List.of();
        }
        Ueid device = finding.request().device();
        Standings.end(connection, device, clock.instant());
        List<Ivf.Withdrawal> withdrawals = new ArrayList<>();
        withdrawals.add(Revocations.ofDevice(device, clock.instant()));
        Optional<Enrolments.Credential> enrolled = Enrolments.credential(connection, device);
        if (finding.code() == ResultCode.CREDENTIAL_REVOKED && enrolled.isPresent()) {
            withdrawals.addAll(revocations.ofRevoked(connection, thumbprint(enrolled.get())));
        }
        return withdrawals;
    }

    @Override
    public DeviceFeed feed(long after, Duration wait) throws InterruptedException {
        return feed.feed(after, wait);
    }

    private static Certificate parse(Opaque der) throws Refused {
        try {
            return Certificate.parse(der.bytes());
        } catch (IllegalArgumentException malformed) {
            throw invalid(malformed.getMessage());
        }
    }

    private static Refused invalid(@Nullable String fault) {
        return new Refused(ResultCode.CREDENTIAL_INVALID, "platform credential: " + fault);
    }

    @Override
    public void close() {
        outbox.close();
        revocations.close();
        credentials.close();
        database.close();
    }
}
