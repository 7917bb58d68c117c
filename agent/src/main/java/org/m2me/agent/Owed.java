// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.m2me.hal.TrustedEnvironment;
import org.m2me.hal.TrustedEnvironment.OwedRelease;
import org.m2me.protocol.cbor.CborException;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.message.DeviceResource;
import org.m2me.protocol.message.OrderAnswer;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.Relay;
import org.m2me.protocol.message.ReleaseAcknowledgement;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.message.Verdict;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the device owes others, by the Trusted Environment's account, and how it is delivered from any bearer. */
final class Owed {
    /** A role's limit at the gateway, and the air. */
    static final Duration ANSWER_LIMIT = Duration.ofSeconds(15);

    private static final Logger LOG = LoggerFactory.getLogger(Owed.class);

    private final AgentParts parts;
    private final TrustedEnvironment tre;
    private final Lifecycle life;
    private final Exchanges gateway;
    private final ReleaseDays days;

    Owed(AgentParts parts, Lifecycle life, Exchanges gateway) {
        this.parts = parts;
        this.tre = parts.tre();
        this.life = life;
        this.gateway = gateway;
        this.days = new ReleaseDays(parts.board().storage(), parts.clock());
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

    /** Tells the owner what became of the last order, if that is owed; it stays owed if nobody answers. */
    void answer() throws IOException, InterruptedException {
        Optional<byte[]> owed = tre.owedAnswer();
        if (owed.isPresent() && deliver(owed.get())) {
            tre.answerAcknowledged(owed.get());
        }
    }

    /** Tells the owner at once or not at all: an order that is refused waits in the mailbox until it is answered. */
    void tell(OrderAnswer answer) throws InterruptedException {
        deliver(answer.encode());
    }

    private boolean deliver(byte[] answer) throws InterruptedException {
        try {
            verdict(gateway.ask(DeviceResource.ORDER, answer, ANSWER_LIMIT), "the answer to an order");
            return true;
        } catch (Refused refused) {
            parts.events().say("answer-refused", "code", refused.code().name());
            return Refusals.isForGood(refused.code());
        } catch (IOException silent) {
            LOG.info("the answer to an order is still owed: {}", silent.getMessage());
            return false;
        }
    }

    /** Steps 9 to 11 of a change, with patience. */
    void releasesNow() throws IOException, InterruptedException {
        for (OwedRelease owed : tre.owedReleases()) {
            life.enter(State.RELEASING, owed.release().length + " bytes");
            release(owed, gateway::ask);
        }
    }

    /** The same at a later occasion, once each: an operator may be gone for good. */
    void releases() throws IOException, InterruptedException {
        for (OwedRelease owed : tre.owedReleases()) {
            release(owed, gateway::askOnce);
        }
    }

    private interface Way {
        byte[] ask(DeviceResource resource, byte[] body, Duration limit)
                throws Refused, IOException, InterruptedException;
    }

    private void release(OwedRelease owed, Way way) throws IOException, InterruptedException {
        try {
            byte[] acknowledgement = way.ask(DeviceResource.RELEASE, owed.release(), ANSWER_LIMIT);
            relay(owed, acknowledgement, way);
            parts.events().say("released");
        } catch (Refused | IOException failed) {
            LOG.info("a release is still owed: {}", failed.toString());
            if (!days.isEnough(owed.release())) {
                return;
            }
            parts.events().say("release-given-up", "detail", failed.toString());
        }
        tre.releaseAcknowledged(owed.release());
        days.forget(owed.release());
    }

    // The old operator's word stays with the release until it is relayed: it gives the same word again.
    private void relay(OwedRelease owed, byte[] acknowledgement, Way way)
            throws Refused, IOException, InterruptedException {
        if (acknowledgement.length == 0 || acknowledgement.length > ReleaseAcknowledgement.SIZE_MAX) {
            throw new IOException("acknowledgement of a release: " + acknowledgement.length + " bytes");
        }
        if (owed.change().isEmpty()) {
            return;
        }
        Relay relay = new Relay(new Nonce(Opaque.of(owed.change().get())), Opaque.of(acknowledgement));
        try {
            verdict(way.ask(DeviceResource.RELAY, relay.encode(), ANSWER_LIMIT), "the acknowledgement");
        } catch (Refused refused) {
            if (!Refusals.isForGood(refused.code())) {
                throw refused;
            }
            parts.events()
                    .say("relay-refused", "code", refused.code().name()); // the old operator knows: that is enough
        }
    }

    /** @throws Refused if the body says so */
    static void verdict(byte[] body, String what) throws Refused, IOException {
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
}
