// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.m2me.hal.TrustException;
import org.m2me.hal.TrustedEnvironment;
import org.m2me.protocol.cbor.CborException;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.message.DeviceResource;
import org.m2me.protocol.message.DeviceState;
import org.m2me.protocol.message.Mail;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.Register;
import org.m2me.protocol.message.RegisterAnswer;
import org.m2me.protocol.message.ResultCode;

/** From a registration to the MCIM that answers it, whichever procedure wants it and whatever bearer there is. */
final class Obtaining {
    static final Duration STALE_PAUSE = Duration.ofSeconds(2); // mail of an earlier registration is answered at once
    private static final int QUESTIONS_MAX = 90; // half an hour without news: then everything starts over
    private static final int CHALLENGES_MAX = 5; // a verifier that is never content does not keep the device busy

    private final AgentParts parts;
    private final TrustedEnvironment tre;
    private final Lifecycle life;
    private final Exchanges gateway;
    private final Measuring measuring;
    private final OwnersMail mail;

    Obtaining(AgentParts parts, Lifecycle life, Exchanges gateway, Measuring measuring, OwnersMail mail) {
        this.parts = parts;
        this.tre = parts.tre();
        this.life = life;
        this.gateway = gateway;
        this.measuring = measuring;
        this.mail = mail;
    }

    /** How the device is, for who has a result about an older state of it. */
    DeviceState deviceState() {
        return new DeviceState(tre.storeGeneration(), Opaque.of(tre.firmware()));
    }

    /** Registers, proves what is asked for, and waits. */
    Mail.Download obtain(Register register) throws Refused, IOException, InterruptedException {
        register(register);
        return awaitMcim(register.registration());
    }

    private void register(Register register) throws Refused, IOException, InterruptedException {
        life.enter(State.REGISTERING, "as " + register.registration());
        byte[] body = gateway.ask(DeviceResource.REGISTER, register.encode(), Owed.ANSWER_LIMIT);
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
            Optional<Mail> waiting = mail.ask();
            if (waiting.isPresent() && waiting.get() instanceof Mail.Order order) {
                takeOrder(order);
            } else if (waiting.isPresent() && isOfThePast(waiting.get(), registration)) {
                parts.waiting().pause(STALE_PAUSE);
            } else if (waiting.isPresent() && waiting.get() instanceof Mail.Challenge challenge) {
                if (++challenges > CHALLENGES_MAX) {
                    throw new Refused(ResultCode.EVIDENCE_STALE, "challenged " + CHALLENGES_MAX + " times already");
                }
                prove(challenge);
            } else if (waiting.isPresent() && waiting.get() instanceof Mail.Download download) {
                return download;
            } else if (waiting.isPresent() && waiting.get() instanceof Mail.Refusal refusal) {
                tre.closeRegistration(); // whatever the code: nothing else follows for this one
                throw new Refused(refusal.code(), "the procedure ended without a MCIM");
            }
        }
        tre.closeRegistration(); // what the network has forgotten, it would never answer
        throw new IOException("no mail after " + QUESTIONS_MAX + " questions");
    }

    private static boolean isOfThePast(Mail mail, Nonce registration) {
        return !mail.registration().equals(registration) || mail instanceof Mail.Credential;
    }

    private void takeOrder(Mail.Order order) throws IOException, InterruptedException {
        Optional<TrustedEnvironment.Change> before = tre.change();
        mail.take(order);
        if (!tre.change().equals(before)) {
            throw new IOException("the owner has ordered something else");
        }
        parts.waiting().pause(STALE_PAUSE);
    }

    private void prove(Mail.Challenge challenge) throws Refused, IOException, InterruptedException {
        life.enter(State.PROVING, "challenge " + challenge.nonce());
        measuring.measure();
        byte[] evidence = tre.evidence(challenge.nonce().bytes(), parts.board().model());
        try {
            Owed.verdict(gateway.ask(DeviceResource.EVIDENCE, evidence, Owed.ANSWER_LIMIT), "the evidence");
        } catch (Refused refused) {
            if (refused.code() != ResultCode.EVIDENCE_STALE) {
                throw refused;
            }
        }
        life.enter(State.WAITING, "for the MCIM");
    }

    static Refused refused(TrustException refused) {
        return new Refused(ResultCode.of(refused.code()), "the Trusted Environment: " + refused.getMessage());
    }
}
