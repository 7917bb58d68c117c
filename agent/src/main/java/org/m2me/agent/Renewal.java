// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.m2me.agent.AgentConfiguration.Access;
import org.m2me.hal.TrustException;
import org.m2me.hal.TrustedEnvironment;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Pcid;
import org.m2me.protocol.message.DeviceResource;
import org.m2me.protocol.message.Mail;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.Register;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks for a new PCID when the end of the old one is near, while the device is at work with its subscription; whatever
 * becomes of it, the device stays at work. It trusts its clock with no more than when to ask: one that is wrong asks once
 * in a while for what its supplier then refuses.
 */
final class Renewal {
    private static final Logger LOG = LoggerFactory.getLogger(Renewal.class);
    private static final int QUESTIONS_MAX =
            3; // a minute: it is here in seconds, or somebody is down, and it is for later
    private static final String FILE = "renewal"; // not before when it asks again, in seconds since 1970

    private final AgentParts parts;
    private final TrustedEnvironment tre;
    private final Exchanges gateway;
    private final OwnersMail mail;
    private final Owed owed;

    Renewal(AgentParts parts, Exchanges gateway, OwnersMail mail, Owed owed) {
        this.parts = parts;
        this.tre = parts.tre();
        this.gateway = gateway;
        this.mail = mail;
        this.owed = owed;
    }

    /** Does what is due. Never while a change is under way: the way back may be the PCID that the network knows. */
    void attempt() throws InterruptedException {
        try {
            if (tre.change().isPresent()) {
                return;
            }
            owed.report(); // of one that could not be delivered: there is room for one only
            if (isDue()) {
                postpone();
                run();
            }
        } catch (Refused refused) {
            parts.events().say("pcid-renewal-failed", "code", refused.code().name());
            LOG.info("PCID: {}", refused.toString());
        } catch (IOException later) {
            LOG.info("PCID: {}", later.toString());
        }
    }

    private boolean isDue() throws IOException {
        if (parts.configuration().access() == Access.N3G) {
            return false; // it never attaches with it
        }
        Instant now = parts.clock().instant();
        Duration before = parts.configuration().pcidRenewal().before();
        return tre.pcidExpires().filter(end -> now.isAfter(end.minus(before))).isPresent() && mayAsk(now);
    }

    /** Across starts too. A time that no clock could have set, had it not been set back since, does not count. */
    private boolean mayAsk(Instant now) throws IOException {
        Optional<byte[]> kept = parts.board().storage().read(FILE);
        if (kept.isEmpty()) {
            return true;
        }
        try {
            String text = new String(kept.get(), StandardCharsets.UTF_8).strip();
            Instant notBefore = Instant.ofEpochSecond(Long.parseLong(text));
            return !now.isBefore(notBefore) || Duration.between(now, notBefore).compareTo(longest()) > 0;
        } catch (NumberFormatException | DateTimeException malformed) {
            return true;
        }
    }

    private Duration longest() {
        return parts.configuration().pcidRenewal().retry().multipliedBy(2);
    }

    /** Half to one and a half of what is configured: a fleet that was refused together does not ask together. */
    private void postpone() throws IOException {
        long usual = parts.configuration().pcidRenewal().retry().toSeconds();
        long next = parts.clock().instant().getEpochSecond()
                + usual / 2
                + parts.random().nextLong(usual + 1);
        parts.board().storage().write(FILE, Long.toString(next).getBytes(StandardCharsets.UTF_8));
    }

    private void run() throws Refused, IOException, InterruptedException {
        Nonce registration = new Nonce(Opaque.of(tre.openRegistration()));
        try {
            Register wish = Register.renewal(registration, Pcid.of(tre.pcid()));
            Owed.verdict(gateway.ask(DeviceResource.REGISTER, wish.encode(), Owed.ANSWER_LIMIT), "to renew the PCID");
            Optional<Mail.Credential> credential = await(registration);
            if (credential.isPresent()) {
                take(credential.get());
            } // else the registration stays open: the next time the same is asked for
        } catch (Refused refused) {
            if (!Refusals.isPassing(refused.code())) {
                tre.closeRegistration(); // its nonce has served; another attempt gets its own
            }
            throw refused;
        }
    }

    private Optional<Mail.Credential> await(Nonce registration) throws Refused, IOException, InterruptedException {
        for (int question = 0; question < QUESTIONS_MAX; question++) {
            parts.board().watchdog().pet();
            Optional<Mail> waiting = mail.ask();
            if (waiting.isPresent() && waiting.get() instanceof Mail.Order order) {
                mail.take(order); // it opens a registration of its own
                return Optional.empty();
            }
            Optional<Mail> answer = waiting.filter(it -> it.registration().equals(registration));
            if (answer.isPresent() && answer.get() instanceof Mail.Credential credential) {
                return Optional.of(credential);
            }
            if (answer.isPresent() && answer.get() instanceof Mail.Refusal refusal) {
                tre.closeRegistration(); // whatever the code: nothing else follows for this one
                throw new Refused(refusal.code(), "there is no new PCID");
            }
            if (waiting.isPresent()) {
                parts.waiting().pause(Obtaining.STALE_PAUSE);
            }
        }
        return Optional.empty();
    }

    private void take(Mail.Credential credential) throws Refused, IOException, InterruptedException {
        try {
            tre.renewPcid(
                    credential.certificate().bytes(), credential.envelope().bytes());
            parts.events()
                    .say(
                            "pcid-renewed",
                            "pcid",
                            tre.pcid(),
                            "expires",
                            tre.pcidExpires().map(Instant::toString).orElse(""));
        } catch (TrustException refused) {
            owed.report();
            throw Obtaining.refused(refused);
        }
        owed.report();
    }
}
