// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.sho;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.m2me.operators.Ivf;
import org.m2me.operators.Ivf.Standing;
import org.m2me.operators.Peers;
import org.m2me.operators.Pva;
import org.m2me.operators.Sho.FallBack;
import org.m2me.operators.Sho.Progress;
import org.m2me.operators.sho.Registrations.Registration;
import org.m2me.operators.store.Outbox;
import org.m2me.operators.wiring.BoundedCalls;
import org.m2me.protocol.evidence.AttestationResult;
import org.m2me.protocol.evidence.Authenticity;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Step;
import org.m2me.protocol.step.Steps.Carried;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Steps 3 to 5 of a change: authenticity fresh from the PVA, integrity from what the IVF kept. Only the PVA's signatures
 * are believed: whatever else the IVF says, or if it says nothing, the PVA is asked to validate both.
 */
final class Inquiries implements AutoCloseable {
    /** An IVF answers from memory or one row; who waits longer has waited for the PVA's challenge meanwhile. */
    private static final Duration ANSWER_WAIT = Duration.ofSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(Inquiries.class);

    private final Parts parts;
    private final Peers peers;
    private final Appraiser appraiser;
    private final Admission admission;
    private final BoundedCalls calls = new BoundedCalls("inquiry");

    Inquiries(Parts parts, Peers peers, Appraiser appraiser, Admission admission) {
        this.parts = parts;
        this.peers = peers;
        this.appraiser = appraiser;
        this.admission = admission;
    }

    /**
     * What the IVF's answer is worth.
     *
     * @param standing as it was answered, if it was
     * @param result to rely on; if there is none, there is a reason to fall back
     */
    private record Finding(Optional<Standing> standing, Optional<AttestationResult> result, String fallBack) {
        static Finding none(FallBack why) {
            return new Finding(Optional.empty(), Optional.empty(), why.name());
        }

        String words() {
            String said = standing.map(
                            one -> one.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' '))
                    .orElse("no answer");
            return result.map(kept -> "valid until " + kept.expires()).orElse(said + ": the PVA validates");
        }
    }

    /** Work of the outbox. @throws Refused what has it repeated */
    Outbox.FollowUp ask(Registration asked) throws Refused {
        if (asked.state() != Progress.VALIDATING) {
            return Outbox.FollowUp.NONE;
        }
        if (asked.said().isEmpty()) {
            return conclusion(asked, Finding.none(FallBack.STATE_NOT_TOLD));
        }
        Opaque word;
        try {
            word = peers.pva().authenticate(request(asked));
        } catch (Refused no) {
            if (!Outbox.isFinal(no)) {
                throw no;
            }
            return connection -> {
                if (isOpen(connection, asked)) {
                    admission.disown(connection, asked, no.code());
                }
            };
        }
        Optional<Authenticity> authenticity = appraiser.authenticity(word, asked);
        return conclusion(
                asked,
                authenticity.isPresent() ? inquire(asked, authenticity.get()) : Finding.none(FallBack.AUTHENTICITY));
    }

    private Pva.Request request(Registration asked) {
        return new Pva.Request(
                asked.nonce(),
                asked.device(),
                parts.settings().operator(),
                parts.settings().policy().id());
    }

    private Finding inquire(Registration asked, Authenticity authenticity) throws Refused {
        Ivf.Inquiry inquiry = new Ivf.Inquiry(
                parts.settings().operator(),
                parts.settings().policy().id(),
                parts.settings().policy().requiredComponents(),
                parts.settings().ivf().orElseThrow().writesMax(),
                List.of(new Ivf.Asked(asked.device(), asked.said())));
        List<Ivf.Answer> answers;
        try {
            answers = calls.within(ANSWER_WAIT, () -> peers.ivf().inquire(inquiry));
        } catch (Refused | RuntimeException silent) {
            LOG.info("registration {}: the IVF does not answer: {}", asked.nonce(), silent.toString());
            return Finding.none(FallBack.UNREACHABLE);
        }
        if (answers.size() != 1 || !answers.get(0).device().equals(asked.device())) {
            return Finding.none(FallBack.FORGED);
        }
        Ivf.Answer answer = answers.get(0);
        if (answer.standing() != Standing.VALID) {
            return new Finding(
                    Optional.of(answer.standing()),
                    Optional.empty(),
                    answer.standing().name());
        }
        return worth(asked, answer, authenticity);
    }

    private Finding worth(Registration asked, Ivf.Answer answer, Authenticity authenticity) throws Refused {
        Optional<Instant> newest =
                parts.database().read(connection -> Registrations.newestResult(connection, asked.device()));
        Appraiser.Kept kept = appraiser.kept(answer.result(), asked, authenticity, newest);
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

    /** @throws Refused UNAVAILABLE if the regulator does not answer: another validation would not help */
    private Outbox.FollowUp conclusion(Registration asked, Finding finding) throws Refused {
        ResultCode ruling = finding.result().isPresent() ? admission.ruling(asked) : ResultCode.OK;
        return connection -> {
            if (isOpen(connection, asked)) {
                conclude(connection, asked, finding, ruling);
            }
        };
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
            Tallies.validation(connection);
            parts.outbox().add(connection, Owed.VALIDATE, asked.nonce().toString(), Parts.NOTHING_MORE);
        }
    }

    @Override
    public void close() {
        calls.close();
    }
}
