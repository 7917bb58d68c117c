// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.sho;

import static java.util.stream.Collectors.toMap;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.m2me.operators.Ivf;
import org.m2me.operators.Ivf.Standing;
import org.m2me.operators.Peers;
import org.m2me.operators.Pva;
import org.m2me.operators.Sho.FallBack;
import org.m2me.operators.Sho.Progress;
import org.m2me.operators.sho.Registrations.Registration;
import org.m2me.operators.sho.campaign.CampaignEngine;
import org.m2me.operators.store.Outbox;
import org.m2me.operators.store.Outbox.Done;
import org.m2me.operators.wiring.BoundedCalls;
import org.m2me.protocol.evidence.AttestationResult;
import org.m2me.protocol.evidence.Authenticity;
import org.m2me.protocol.evidence.Authenticity.Vouched;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Step;
import org.m2me.protocol.step.Steps.Carried;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Steps 3 to 5 of a change, in rounds: the PVA is asked once for the authenticity of all devices that are due, and the IVF
 * once for what it kept of their integrity; then each device is concluded by itself. Only the PVA's signatures are
 * believed: whatever else the IVF says, or if it says nothing, the PVA is asked to validate both.
 */
final class Inquiries implements AutoCloseable {
    /** Devices in a round: as many as the PVA answers for at once. */
    static final int ROUND_MAX = Pva.APPLICANTS_MAX;

    /** An IVF answers from memory or one row; who waits longer has waited for the PVA's challenge meanwhile. */
    private static final Duration ANSWER_WAIT = Duration.ofSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(Inquiries.class);

    private final Parts parts;
    private final Peers peers;
    private final Appraiser appraiser;
    private final Admission admission;
    private final Validations validations;
    private final RoundTimes rounds = new RoundTimes();
    private final BoundedCalls calls = new BoundedCalls("inquiry");

    Inquiries(Parts parts, Peers peers, Appraiser appraiser, Admission admission, Validations validations) {
        this.parts = parts;
        this.peers = peers;
        this.appraiser = appraiser;
        this.admission = admission;
        this.validations = validations;
    }

    /**
     * What is known of a device's integrity.
     *
     * @param standing as the IVF answered it, if it did
     * @param result to rely on; if there is none, there is a reason to fall back
     */
    private record Finding(Optional<Standing> standing, Optional<AttestationResult> result, String fallBack) {
        static Finding none(FallBack why) {
            return new Finding(Optional.empty(), Optional.empty(), why.name());
        }

        String words() {
            String said = standing.map(
                            one -> one.name().toLowerCase(Locale.ROOT).replace('_', ' '))
                    .orElse("no answer");
            return result.map(kept -> "valid until " + kept.expires()).orElse(said + ": the PVA validates");
        }
    }

    /** A device that the PVA vouches for. */
    private record Authentic(Registration asked, Vouched vouched) {}

    /** Within a transaction: a device that registered is asked about in the next round. */
    void owe(Connection connection, Nonce registration, Ueid device) throws SQLException {
        Duration wait = rounds.until(parts.now(), CampaignEngine.isUnderWay(connection, device));
        parts.outbox().addLater(connection, Owed.INQUIRE, registration.toString(), Parts.NOTHING_MORE, wait);
    }

    /** One round, work of the outbox. @throws Refused what has all of it repeated */
    Map<String, Done> ask(List<String> keys) throws Refused {
        Map<String, Done> done = new HashMap<>();
        List<Registration> due = new ArrayList<>();
        Map<Registration, Finding> findings = new LinkedHashMap<>();
        for (Registration asked : parts.database().read(connection -> registrations(connection, keys))) {
            if (asked.state() != Progress.VALIDATING) {
                done.put(key(asked), Done.with(Outbox.FollowUp.NONE));
            } else if (asked.said().isEmpty()) {
                findings.put(asked, Finding.none(FallBack.STATE_NOT_TOLD));
            } else {
                due.add(asked);
            }
        }
        List<Authentic> authentic = due.isEmpty() ? List.of() : authenticate(due, findings, done);
        if (!authentic.isEmpty()) {
            findings.putAll(inquire(authentic));
        }
        conclude(findings, done);
        return done;
    }

    private static List<Registration> registrations(Connection connection, List<String> keys) throws SQLException {
        List<Registration> all = new ArrayList<>();
        for (String key : keys) {
            Registrations.find(connection, new Nonce(Opaque.hex(key))).ifPresent(all::add);
        }
        return all;
    }

    private static String key(Registration asked) {
        return asked.nonce().toString();
    }

    /**
     * Step 3.
     *
     * @param findings gets those of which the PVA says nothing that can be relied on
     * @param done gets those that it refuses
     * @return those that it vouches for
     */
    private List<Authentic> authenticate(
            List<Registration> due, Map<Registration, Finding> findings, Map<String, Done> done) throws Refused {
        Pva.Authentications answer = peers.pva()
                .authenticate(
                        parts.settings().operator(),
                        due.stream()
                                .map(asked -> new Pva.Applicant(asked.nonce(), asked.device()))
                                .toList());
        Optional<Authenticity> word =
                answer.word().isPresent() ? appraiser.authenticity(answer.word().get()) : Optional.empty();
        Map<Nonce, ResultCode> refusals = answer.refusals().stream()
                .filter(refusal -> refusal.code() != ResultCode.OK)
                .collect(toMap(Pva.Refusal::registration, Pva.Refusal::code, (first, second) -> first));
        List<Authentic> authentic = new ArrayList<>();
        for (Registration asked : due) {
            Optional<Vouched> vouched = word.flatMap(said -> appraiser.vouched(said, asked));
            ResultCode refusal = refusals.getOrDefault(asked.nonce(), ResultCode.OK);
            if (refusal != ResultCode.OK) {
                done.put(key(asked), refused(asked, refusal));
            } else if (vouched.isPresent()) {
                authentic.add(new Authentic(asked, vouched.get()));
            } else {
                findings.put(asked, Finding.none(FallBack.AUTHENTICITY));
            }
        }
        return authentic;
    }

    private Done refused(Registration asked, ResultCode code) {
        Refused no = new Refused(code, "authenticity of " + asked.device() + ": " + code.words());
        if (!Outbox.isFinal(no)) {
            return Done.failed(no);
        }
        return Done.with(connection -> {
            if (isOpen(connection, asked)) {
                admission.disown(connection, asked, code);
            }
        });
    }

    /** Step 4. */
    private Map<Registration, Finding> inquire(List<Authentic> authentic) {
        Ivf.Inquiry inquiry = new Ivf.Inquiry(
                parts.settings().operator(),
                parts.settings().policy().id(),
                parts.settings().policy().requiredComponents(),
                parts.settings().ivf().orElseThrow().writesMax(),
                authentic.stream()
                        .map(one ->
                                new Ivf.Asked(one.asked().device(), one.asked().said()))
                        .toList());
        Optional<List<Ivf.Answer>> answers = answers(inquiry);
        boolean complete = answers.filter(all -> all.size() == authentic.size()).isPresent();
        Map<Registration, Finding> findings = new LinkedHashMap<>();
        for (int i = 0; i < authentic.size(); i++) {
            Authentic one = authentic.get(i);
            findings.put(
                    one.asked(),
                    complete
                            ? worth(one, answers.get().get(i))
                            : Finding.none(answers.isPresent() ? FallBack.FORGED : FallBack.UNREACHABLE));
        }
        return findings;
    }

    /** In the order of the question, if the IVF answers. */
    private Optional<List<Ivf.Answer>> answers(Ivf.Inquiry inquiry) {
        try {
            return Optional.of(calls.within(ANSWER_WAIT, () -> peers.ivf().inquire(inquiry)));
        } catch (Refused | RuntimeException silent) {
            LOG.info(
                    "{} registrations: the IVF does not answer: {}",
                    inquiry.devices().size(),
                    silent.toString());
            return Optional.empty();
        }
    }

    private Finding worth(Authentic one, Ivf.Answer answer) {
        Registration asked = one.asked();
        if (!answer.device().equals(asked.device())) {
            return Finding.none(FallBack.FORGED);
        }
        if (answer.standing() != Standing.VALID) {
            return new Finding(
                    Optional.of(answer.standing()),
                    Optional.empty(),
                    answer.standing().name());
        }
        Optional<Instant> newest =
                parts.database().read(connection -> Registrations.newestResult(connection, asked.device()));
        Appraiser.Kept kept = appraiser.kept(answer.result(), asked, one.vouched(), newest);
        kept.objection()
                .ifPresent(why -> LOG.warn(
                        "registration {} of {}: the IVF's result is not relied on: {}",
                        asked.nonce(),
                        asked.device(),
                        kept.words()));
        return new Finding(
                Optional.of(answer.standing()),
                kept.result(),
                kept.objection().map(FallBack::name).orElse(""));
    }

    /** Step 5, of each by itself. A regulator that is silent is not waited for again in this round. */
    private void conclude(Map<Registration, Finding> findings, Map<String, Done> done) {
        Optional<Refused> silent = Optional.empty();
        for (Map.Entry<Registration, Finding> one : findings.entrySet()) {
            Registration asked = one.getKey();
            if (one.getValue().result().isEmpty()) {
                done.put(key(asked), conclusion(asked, one.getValue(), ResultCode.OK));
            } else if (silent.isPresent()) {
                done.put(key(asked), Done.failed(silent.get()));
            } else {
                try {
                    done.put(key(asked), conclusion(asked, one.getValue(), admission.ruling(asked)));
                } catch (Refused unavailable) { // another validation would not help
                    silent = Optional.of(unavailable);
                    done.put(key(asked), Done.failed(unavailable));
                }
            }
        }
    }

    private Done conclusion(Registration asked, Finding finding, ResultCode ruling) {
        return Done.with(connection -> {
            if (isOpen(connection, asked)) {
                conclude(connection, asked, finding, ruling);
            }
        });
    }

    private static boolean isOpen(Connection connection, Registration asked) throws SQLException {
        return Registrations.find(connection, asked.nonce()).orElseThrow().state() == Progress.VALIDATING;
    }

    private void conclude(Connection connection, Registration asked, Finding finding, ResultCode ruling)
            throws SQLException {
        if (finding.standing().isPresent()) {
            Tallies.answer(connection, finding.standing().get());
            parts.steps()
                    .report(
                            Step.ANSWER_INQUIRY,
                            asked.device().hex(),
                            ResultCode.OK,
                            new Carried(finding.words(), 0, 0));
        }
        if (finding.result().isPresent()) {
            admission.rely(connection, asked, finding.result().get(), ruling);
        } else {
            Tallies.fallBack(connection, finding.fallBack());
            validations.owe(connection, asked.nonce(), asked.device());
        }
    }

    @Override
    public void close() {
        calls.close();
    }
}
