// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.pva;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.m2me.operators.Ivf;
import org.m2me.operators.Pva;
import org.m2me.operators.Pva.Applicant;
import org.m2me.operators.Pva.Authentications;
import org.m2me.operators.Pva.Refusal;
import org.m2me.operators.store.Database;
import org.m2me.operators.store.Outbox;
import org.m2me.operators.wiring.RoleContext;
import org.m2me.protocol.crypto.Hashes;
import org.m2me.protocol.evidence.Authenticity;
import org.m2me.protocol.evidence.Authenticity.Vouched;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Step;
import org.m2me.protocol.step.Steps.Carried;

/**
 * Steps 3 and 4 of a change, for many devices in one go: what takes long is done once for all of them, and what is wrong
 * with one of them is said of that one.
 */
final class Vouching {
    /** What it shares with the rest of the PVA. */
    record Parts(
            Database database,
            Outbox outbox,
            Revocations revocations,
            CredentialCheck credentials,
            RecentWords words,
            Workload workload) {}

    private final RoleContext context;
    private final PvaSettings settings;
    private final Parts parts;

    Vouching(RoleContext context, PvaSettings settings, Parts parts) {
        this.context = context;
        this.settings = settings;
        this.parts = parts;
    }

    /** What was found, as the answer grows. */
    private static final class Findings {
        private final List<Vouched> vouched = new ArrayList<>();
        private final List<Vouched> revoked = new ArrayList<>();
        private final List<Refusal> refusals = new ArrayList<>();

        void refuse(Applicant applicant, Refused why) {
            refusals.add(new Refusal(applicant.registration(), why.code()));
        }
    }

    Authentications answer(Plmn operator, List<Applicant> applicants) throws Refused {
        check(applicants);
        Findings findings = new Findings();
        Map<Applicant, Known> known = begin(operator, applicants, findings);
        Optional<Opaque> word = parts.workload().authentications.time(() -> vouch(known, findings));
        settle(findings);
        return new Authentications(word, findings.refusals);
    }

    private static void check(List<Applicant> applicants) throws Refused {
        if (applicants.size() > Pva.APPLICANTS_MAX) {
            throw new Refused(ResultCode.TOO_LARGE, applicants.size() + " devices, at most " + Pva.APPLICANTS_MAX);
        }
        long different =
                applicants.stream().map(Applicant::registration).distinct().count();
        if (applicants.isEmpty() || different != applicants.size()) {
            throw new Refused(
                    ResultCode.MALFORMED, "applicants: " + applicants.size() + " of " + different + " registrations");
        }
    }

    /** A device that was enrolled. @param voidUntil results about it that were issued until then are void */
    private record Known(Enrolled enrolled, Optional<Instant> voidUntil) {}

    /** Remembers who was asked about, all in one transaction. @return those that are known */
    private Map<Applicant, Known> begin(Plmn operator, List<Applicant> applicants, Findings findings) {
        Instant now = context.clock().instant();
        return parts.database().transact((Database.Work<Map<Applicant, Known>, RuntimeException>) connection -> {
            Map<Applicant, Enrolled> enrolled = enrolled(connection, applicants, findings);
            AuthenticationRequests.Known asked =
                    AuthenticationRequests.remember(connection, operator, enrolled.keySet(), now);
            for (Applicant one : asked.foreign()) {
                enrolled.remove(one);
                findings.refuse(
                        one,
                        new Refused(
                                ResultCode.NONCE_USED,
                                "registration " + one.registration() + ": is of another device"));
            }
            Validations.supersede(connection, asked.fresh());
            asked.fresh().forEach(this::report);
            return known(connection, enrolled);
        });
    }

    private Map<Applicant, Enrolled> enrolled(Connection connection, List<Applicant> applicants, Findings findings)
            throws SQLException {
        Map<Ueid, Enrolments.Credential> kept = Enrolments.credentials(
                connection, applicants.stream().map(Applicant::device).toList());
        Map<Applicant, Enrolled> enrolled = new LinkedHashMap<>();
        for (Applicant one : applicants) {
            try {
                enrolled.put(one, Enrolled.of(one.device(), Optional.ofNullable(kept.get(one.device())), settings));
            } catch (Refused refused) {
                findings.refuse(one, refused);
            }
        }
        return enrolled;
    }

    private static Map<Applicant, Known> known(Connection connection, Map<Applicant, Enrolled> enrolled)
            throws SQLException {
        Map<String, KnownBads.Bads> bads = new HashMap<>(); // by supplier
        Map<Ueid, KnownBads.Bads> ofDevices = new HashMap<>();
        for (Map.Entry<Applicant, Enrolled> one : enrolled.entrySet()) {
            String supplier = one.getValue().supplier();
            if (!bads.containsKey(supplier)) {
                bads.put(supplier, KnownBads.of(connection, supplier));
            }
            ofDevices.put(one.getKey().device(), bads.get(supplier));
        }
        Map<Ueid, Instant> voidUntil = Standings.voidUntil(connection, ofDevices);
        Map<Applicant, Known> known = new LinkedHashMap<>();
        enrolled.forEach((one, its) ->
                known.put(one, new Known(its, Optional.ofNullable(voidUntil.get(one.device())))));
        return known;
    }

    private void report(Applicant one) {
        context.steps()
                .report(
                        Step.REQUEST_AUTHENTICITY,
                        one.device().hex(),
                        ResultCode.OK,
                        new Carried("credential only", 0, 0));
    }

    private Optional<Opaque> vouch(Map<Applicant, Known> known, Findings findings) {
        Instant begun = context.clock().instant();
        List<Optional<Refused>> objections = parts.credentials()
                .objections(known.values().stream().map(Known::enrolled).toList());
        int number = 0;
        for (Map.Entry<Applicant, Known> one : known.entrySet()) {
            Optional<Refused> objection = objections.get(number);
            decide(one.getKey(), one.getValue(), objection, findings);
            if (objection.isEmpty()) {
                parts.words()
                        .add(
                                one.getKey().registration(),
                                one.getValue().enrolled().credential(),
                                begun);
            }
            number++;
        }
        return findings.vouched.isEmpty()
                ? Optional.empty()
                : Optional.of(Opaque.of(new Authenticity(findings.vouched, begun).sign(context.key())));
    }

    private void decide(Applicant one, Known known, Optional<Refused> objection, Findings findings) {
        ResultCode code = objection.map(Refused::code).orElse(ResultCode.OK);
        if (code != ResultCode.UNAVAILABLE) { // which is no finding
            parts.workload().authentications.count(code);
        }
        Vouched said = new Vouched(
                one.device(),
                one.registration(),
                known.enrolled().credential().publicKey().thumbprint(),
                known.voidUntil());
        if (code == ResultCode.OK) {
            findings.vouched.add(said);
        } else if (code == ResultCode.CREDENTIAL_REVOKED) {
            findings.revoked.add(said);
        }
        objection.ifPresent(why -> findings.refuse(one, why));
    }

    /** Remembers who is revoked and who is so no more; the IVF is told before the operator is answered. */
    private void settle(Findings findings) {
        List<Opaque> good = findings.vouched.stream().map(Vouched::credential).toList();
        Set<Opaque> again = parts.database().read(connection -> KnownBads.revokedAmong(connection, good));
        if (!again.isEmpty()) { // rare: nearly always nothing has to be written
            parts.database().change(connection -> {
                for (Opaque credential : again) {
                    KnownBads.passed(connection, credential);
                }
            });
        }
        if (!findings.revoked.isEmpty()) {
            parts.revocations()
                    .<Boolean, RuntimeException>tell(
                            parts.database(), parts.outbox(), key(findings.revoked), connection -> {
                                List<Ivf.Withdrawal> withdrawals = new ArrayList<>();
                                for (Vouched one : findings.revoked) {
                                    Standings.end(
                                            connection,
                                            one.device(),
                                            context.clock().instant());
                                    withdrawals.addAll(parts.revocations().ofRevoked(connection, one.credential()));
                                }
                                return new Revocations.Found<>(true, withdrawals);
                            });
        }
    }

    /** Of the debt: another one for another set, so that none of them is taken for told already. */
    private static String key(List<Vouched> revoked) {
        String registrations = revoked.stream()
                .map(one -> one.registration().toString())
                .sorted()
                .collect(Collectors.joining(" "));
        return "authenticity-"
                + Opaque.of(Hashes.sha256(registrations.getBytes(StandardCharsets.UTF_8)))
                        .hex();
    }
}
