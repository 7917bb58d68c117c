// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.m2me.agent.AgentConfiguration.Access;
import org.m2me.hal.TrustException;
import org.m2me.hal.TrustedEnvironment;
import org.m2me.protocol.cbor.CborException;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Pcid;
import org.m2me.protocol.message.DeviceResource;
import org.m2me.protocol.message.Mail;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.Register;
import org.m2me.protocol.message.RegisterAnswer;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.message.Verdict;

/**
 * Initial provisioning as the device takes part in it (TR 33.812 5.1.3.7.1). It keeps nothing itself: cut anywhere and
 * started again, it goes on from what the Trusted Environment has made durable.
 */
final class Provisioning {
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(15); // a role's limit at the gateway, and the air
    private static final Duration MAIL_LIMIT = Duration.ofSeconds(30); // the gateway holds a question for 20 s
    private static final Duration STALE_PAUSE =
            Duration.ofSeconds(2); // mail of an earlier registration is answered at once
    private static final int QUESTIONS_MAX = 90; // half an hour without news: then everything starts over
    private static final int CHALLENGES_MAX = 5; // a verifier that is never content does not keep the device busy

    private final AgentParts parts;
    private final TrustedEnvironment tre;
    private final Lifecycle life;
    private final Connectivity air;
    private final Exchanges gateway;
    private final Measuring measuring;

    Provisioning(AgentParts parts, Lifecycle life, Connectivity air, Exchanges gateway, Measuring measuring) {
        this.parts = parts;
        this.tre = parts.tre();
        this.life = life;
        this.air = air;
        this.gateway = gateway;
        this.measuring = measuring;
    }

    /** From pristine to a subscription that is installed and reported. */
    void run() throws Refused, IOException, InterruptedException {
        life.enter(State.ATTACHING, accessWords());
        air.initial(); // steps 1 to 4
        report(); // of an installation that failed before the agent was cut
        Nonce registration = new Nonce(Opaque.of(tre.openRegistration()));
        try {
            register(registration); // steps 5 and 6
            Mail.Download mcim = awaitMcim(registration); // steps 9 and 12
            install(mcim); // step 13
        } catch (Refused refused) {
            if (!Refusals.isPassing(refused.code())) {
                tre.closeRegistration(); // its nonce has served; another attempt gets its own
            }
            report();
            throw refused;
        }
        report();
    }

    private String accessWords() {
        return parts.configuration().access() == Access.N3G
                ? "over " + parts.configuration().wlanNetwork().orElse("")
                : "with PCID " + tre.pcid();
    }

    private void register(Nonce registration) throws Refused, IOException, InterruptedException {
        life.enter(State.REGISTERING, "as " + registration);
        Optional<Pcid> pcid =
                parts.configuration().access() == Access.N3G ? Optional.empty() : Optional.of(Pcid.of(tre.pcid()));
        byte[] body = gateway.ask(DeviceResource.REGISTER, new Register(registration, pcid).encode(), ANSWER_LIMIT);
        RegisterAnswer answer;
        try {
            answer = RegisterAnswer.decode(body);
        } catch (CborException malformed) {
            throw new IOException("answer to the registration: " + malformed.getMessage(), malformed);
        }
        try {
            tre.bindOperator(answer.operator().toString(), answer.certificate().der());
        } catch (TrustException refused) {
            throw refused(refused);
        }
    }

    private Mail.Download awaitMcim(Nonce registration) throws Refused, IOException, InterruptedException {
        life.enter(State.WAITING, "for a challenge or a MCIM");
        int challenges = 0;
        for (int question = 0; question < QUESTIONS_MAX; question++) {
            parts.board().watchdog().pet();
            Optional<Mail> mail = mail();
            if (mail.isPresent() && !mail.get().registration().equals(registration)) {
                parts.waiting().pause(STALE_PAUSE);
            } else if (mail.isPresent() && mail.get() instanceof Mail.Challenge challenge) {
                if (++challenges > CHALLENGES_MAX) {
                    throw new Refused(ResultCode.EVIDENCE_STALE, "challenged " + CHALLENGES_MAX + " times already");
                }
                prove(challenge);
            } else if (mail.isPresent() && mail.get() instanceof Mail.Download download) {
                return download;
            } else if (mail.isPresent() && mail.get() instanceof Mail.Refusal refusal) {
                tre.closeRegistration(); // whatever the code: nothing else follows for this one
                throw new Refused(refusal.code(), "the procedure ended without a MCIM");
            }
        }
        tre.closeRegistration(); // what the network has forgotten, it would never answer
        throw new IOException("no mail after " + QUESTIONS_MAX + " questions");
    }

    private Optional<Mail> mail() throws Refused, IOException, InterruptedException {
        byte[] body = gateway.ask(DeviceResource.MAIL, new byte[0], MAIL_LIMIT);
        try {
            return body.length == 0 ? Optional.empty() : Optional.of(Mail.decode(body));
        } catch (CborException malformed) {
            throw new IOException("mail: " + malformed.getMessage(), malformed);
        }
    }

    private void prove(Mail.Challenge challenge) throws Refused, IOException, InterruptedException {
        life.enter(State.PROVING, "challenge " + challenge.nonce());
        measuring.measure();
        byte[] evidence = tre.evidence(challenge.nonce().bytes(), parts.board().model());
        try {
            verdict(gateway.ask(DeviceResource.EVIDENCE, evidence, ANSWER_LIMIT), "the evidence");
        } catch (Refused refused) {
            if (refused.code() != ResultCode.EVIDENCE_STALE) {
                throw refused;
            }
        }
        life.enter(State.WAITING, "for the MCIM");
    }

    private void install(Mail.Download mcim) throws Refused, IOException {
        byte[] envelope = mcim.envelope().bytes();
        life.enter(State.INSTALLING, envelope.length + " bytes");
        try {
            tre.install(envelope);
        } catch (TrustException refused) {
            throw refused(refused);
        }
    }

    /** Delivers the report that is owed, if one is. */
    void report() throws IOException, InterruptedException {
        Optional<byte[]> owed = tre.owedReport();
        if (owed.isEmpty()) {
            return;
        }
        life.enter(State.REPORTING, owed.get().length + " bytes");
        try {
            verdict(gateway.ask(DeviceResource.REPORT, owed.get(), ANSWER_LIMIT), "the report");
        } catch (Refused refused) {
            if (!Refusals.isForGood(refused.code())) {
                throw new IOException("the report is still owed: " + refused, refused);
            }
            // Nobody will ever take it: to go on asking would help no one.
            parts.events().say("report-refused", "code", refused.code().name());
        }
        tre.reportAcknowledged();
    }

    private static void verdict(byte[] body, String what) throws Refused, IOException {
        if (body.length == 0) {
            return;
        }
        try {
            ResultCode code = Verdict.decode(body).code();
            if (code != ResultCode.OK) {
                throw new Refused(code, "the network refuses " + what);
            }
        } catch (CborException malformed) {
            throw new IOException("verdict on " + what + ": " + malformed.getMessage(), malformed);
        }
    }

    private static Refused refused(TrustException refused) {
        return new Refused(ResultCode.of(refused.code()), "the Trusted Environment: " + refused.getMessage());
    }
}
