// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.pva;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.m2me.operators.Pva;
import org.m2me.operators.pva.Validations.Validation;
import org.m2me.operators.store.Database;
import org.m2me.protocol.crypto.ForgedException;
import org.m2me.protocol.crypto.Hashes;
import org.m2me.protocol.evidence.AttestationResult;
import org.m2me.protocol.evidence.Evidence;
import org.m2me.protocol.evidence.MeasuredComponent;
import org.m2me.protocol.evidence.ReferenceValues;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.pki.Certificate;

/** Step 9: looks at evidence from every side and comes to a finding; decides and writes nothing itself. */
final class Examination {
    /**
     * What was found.
     *
     * @param repeated whether this very evidence was decided before
     * @param digest of the evidence
     * @param words for the log: names the component that differs
     * @param approval present when the code is OK and the evidence is new
     */
    record Finding(
            Pva.Request request,
            boolean repeated,
            ResultCode code,
            Opaque digest,
            String words,
            Optional<Approval> approval) {
        Nonce registration() {
            return request.registration();
        }

        long bootCount() {
            return approval.orElseThrow().evidence().bootCount();
        }

        long storeGeneration() {
            return approval.orElseThrow().evidence().storeGeneration();
        }

        Opaque credential() {
            return approval.orElseThrow().credential();
        }

        /** What was measured; of a finding that is an approval. */
        List<MeasuredComponent> measured() {
            return approval.orElseThrow().evidence().components();
        }

        /** The result, if there is one to issue. */
        Optional<AttestationResult> result(String verifier) {
            return approval.map(found -> found.result(verifier));
        }
    }

    /** Everything that a result is made of. @param at before anything was looked at, so that no withdrawal is missed */
    record Approval(
            Evidence evidence,
            AppraisalPolicy policy,
            ReferenceValues references,
            List<String> components,
            Opaque credential,
            Instant at) {
        AttestationResult result(String verifier) {
            return new AttestationResult(
                    evidence.ueid(),
                    verifier,
                    at,
                    at.plus(policy.resultLifetime()),
                    Appraisal.approved(),
                    policy.id(),
                    references.id() + ":" + references.version(),
                    components,
                    Optional.of(evidence.nonce()),
                    evidence.bootCount(),
                    evidence.storeGeneration(),
                    MeasuredComponent.firmware(evidence.components()),
                    evidence.agreementKey(),
                    credential);
        }
    }

    private final Database database;
    private final Releases releases;
    private final CredentialCheck credentials;
    private final RecentWords words;
    private final PvaSettings settings;
    private final Clock clock;

    Examination(Database database, CredentialCheck credentials, RecentWords words, PvaSettings settings, Clock clock) {
        this.database = database;
        this.releases = new Releases(database, clock);
        this.credentials = credentials;
        this.words = words;
        this.settings = settings;
        this.clock = clock;
    }

    /**
     * Examines evidence from a device that the gateway authenticated.
     *
     * @throws Refused when nothing can be found by it: MALFORMED, EVIDENCE_STALE (no challenge is open, or another
     *     one), UNAVAILABLE (the supplier does not tell the status of the credential)
     */
    Finding examine(Ueid device, byte[] bytes) throws Refused {
        Opaque digest = Opaque.of(Hashes.sha256(bytes));
        Optional<Validation> open = database.read(connection -> Validations.open(connection, device));
        if (open.isEmpty()) {
            return repeated(device, digest);
        }
        Pva.Request request = open.get().request();
        try {
            Approval approval = approve(open.get(), bytes);
            String words = "components " + String.join(", ", approval.components()) + "; boot "
                    + approval.evidence().bootCount() + ", store generation "
                    + approval.evidence().storeGeneration();
            return new Finding(request, false, ResultCode.OK, digest, words, Optional.of(approval));
        } catch (Refused refused) {
            if (decidesNothing(refused.code())) {
                throw refused;
            }
            return new Finding(request, false, refused.code(), digest, refused.detail(), Optional.empty());
        }
    }

    private static boolean decidesNothing(ResultCode code) {
        return code == ResultCode.MALFORMED || code == ResultCode.EVIDENCE_STALE || code == ResultCode.UNAVAILABLE;
    }

    private Finding repeated(Ueid device, Opaque digest) throws Refused {
        Validation decided = database.read(connection -> Validations.decidedBy(connection, device, digest))
                .orElseThrow(() -> new Refused(ResultCode.EVIDENCE_STALE, "evidence: no challenge is open"));
        return new Finding(decided.request(), true, decided.code().orElseThrow(), digest, "repeated", Optional.empty());
    }

    private Approval approve(Validation validation, byte[] bytes) throws Refused {
        Instant begun = clock.instant();
        Ueid device = validation.request().device();
        Evidence claimed = read(bytes);
        if (!claimed.nonce().equals(validation.challenge())) {
            throw new Refused(ResultCode.EVIDENCE_STALE, "evidence: answers another challenge than the open one");
        }
        Enrolled enrolled = database.<Enrolled, Refused>read(connection -> Enrolled.find(connection, device, settings));
        Certificate credential = enrolled.credential();
        authenticate(validation.request(), enrolled, begun);
        Evidence evidence = verify(bytes, credential, device);
        notRolledBack(evidence);
        Releases.Match match = releases.match(evidence, enrolled);
        return new Approval(
                evidence,
                policy(validation.request().policyId()),
                match.references(),
                match.components(),
                credential.publicKey().thumbprint(),
                begun);
    }

    /** Of a registration that the PVA vouched for a moment ago, and which nothing has befallen since, the dates suffice. */
    private void authenticate(Pva.Request request, Enrolled enrolled, Instant now) throws Refused {
        Optional<Instant> vouched = words.find(request.registration(), enrolled.credential(), now);
        if (vouched.isPresent() && !isEndedSince(request.device(), vouched.get())) {
            credentials.passDates(enrolled);
        } else {
            credentials.pass(enrolled);
        }
    }

    private boolean isEndedSince(Ueid device, Instant then) {
        return database.read(connection -> Standings.isEndedSince(connection, device, then));
    }

    private static Evidence read(byte[] bytes) throws Refused {
        try {
            return Evidence.unverified(bytes);
        } catch (ForgedException malformed) {
            throw new Refused(ResultCode.MALFORMED, "evidence: " + malformed.getMessage());
        }
    }

    private static Evidence verify(byte[] bytes, Certificate credential, Ueid device) throws Refused {
        try {
            Evidence evidence = Evidence.verify(bytes, credential.publicKey());
            if (!evidence.ueid().equals(device)) {
                throw new Refused(ResultCode.EVIDENCE_INVALID, "evidence: is about " + evidence.ueid());
            }
            return evidence;
        } catch (ForgedException forged) {
            throw new Refused(ResultCode.EVIDENCE_INVALID, "evidence: " + forged.getMessage());
        }
    }

    private void notRolledBack(Evidence evidence) throws Refused {
        boolean behind = database.read(connection -> isBehind(connection, evidence));
        if (behind) {
            throw new Refused(
                    ResultCode.ROLLED_BACK,
                    "boot count " + evidence.bootCount() + " or store generation " + evidence.storeGeneration()
                            + " is behind what this device has shown before");
        }
    }

    private static boolean isBehind(Connection connection, Evidence evidence) throws SQLException {
        return Validations.isBehind(connection, evidence.ueid(), evidence.bootCount(), evidence.storeGeneration());
    }

    private AppraisalPolicy policy(String id) throws Refused {
        return settings.policies().stream()
                .filter(policy -> policy.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new Refused(ResultCode.POLICY, "policy id: " + id + " is not known any more"));
    }
}
