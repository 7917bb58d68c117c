// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent;

import java.io.IOException;
import java.util.Optional;
import org.m2me.hal.TrustException;
import org.m2me.hal.TrustedEnvironment;
import org.m2me.hal.TrustedEnvironment.Stage;
import org.m2me.hal.TrustedEnvironment.Subscription;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Pcid;
import org.m2me.protocol.message.Mail;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.Register;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Procedure;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the owner ordered, as the device does it: a change of operator over the old one's connectivity (TR 33.812
 * 5.1.3.8.4.2), by way of the pristine state (5.1.3.8.4.3), a subscription beside the one in use, or the switch to it. It
 * keeps nothing that lasts: cut anywhere and started again, it goes on from what the Trusted Environment has made durable.
 */
final class Change {
    /** Each with several tries of its own: an outage of an hour is outlived, and nobody waits for days. */
    static final int ATTEMPTS_MAX = 10;

    private static final Logger LOG = LoggerFactory.getLogger(Change.class);

    private final AgentParts parts;
    private final TrustedEnvironment tre;
    private final Lifecycle life;
    private final Connectivity air;
    private final Obtaining obtaining;
    private final Provisioning provisioning;
    private final Owed owed;
    private int attempts;

    Change(AgentParts parts, Lifecycle life, Connectivity air, Ways ways) {
        this.parts = parts;
        this.tre = parts.tre();
        this.life = life;
        this.air = air;
        this.obtaining = ways.obtaining();
        this.provisioning = ways.provisioning();
        this.owed = ways.owed();
    }

    /** What a change is made of besides. */
    record Ways(Obtaining obtaining, Provisioning provisioning, Owed owed) {}

    /** From wherever it is to where the subscription that it is about can be used. */
    void run() throws Refused, IOException, InterruptedException {
        TrustedEnvironment.Change change =
                tre.change().orElseThrow(() -> new IllegalStateException("nothing is ordered"));
        life.enter(State.CHANGING, change.procedure() + " to " + change.operator() + ", " + change.stage());
        switch (Procedure.valueOf(change.procedure())) {
            case CHANGE -> overOldConnectivity(change);
            case PRISTINE -> byWayOfPristineState(change);
            case ADD -> beside(change);
            default -> tre.completeChange(); // SWITCH; it is reported once the other one has authenticated
        }
        attempts = 0;
        parts.events().say("changed", "procedure", change.procedure(), "operator", change.operator());
    }

    private void overOldConnectivity(TrustedEnvironment.Change change)
            throws Refused, IOException, InterruptedException {
        if (change.stage() == Stage.ORDERED) {
            stage(Procedure.CHANGE); // steps 3 to 7: everything that can fail
        }
        if (change.stage() != Stage.DISCARDED) {
            life.enter(State.DISCARDING, "for " + change.operator());
            tre.discard(); // step 8
        }
        if (air.isUp()) {
            owed.releasesNow(); // steps 9 to 11, over the bearer that outlives the old subscription
        }
        tre.completeChange(); // step 12
        reportIfOnAir(); // step 13
    }

    private void byWayOfPristineState(TrustedEnvironment.Change change)
            throws Refused, IOException, InterruptedException {
        if (change.stage() == Stage.ORDERED) {
            if (air.isUp()) {
                owed.answer(); // step 2
            }
            life.enter(State.DISCARDING, "for " + change.operator());
            tre.discard(); // step 3
            if (air.isUp()) {
                owed.releasesNow(); // the old operator may refuse, be out of reach or gone
            }
        }
        provisioning.run(); // steps 4 to 15
    }

    private void beside(TrustedEnvironment.Change change) throws Refused, IOException, InterruptedException {
        if (change.stage() == Stage.ORDERED) {
            stage(Procedure.ADD);
        }
        tre.completeChange();
        reportIfOnAir();
        if (air.isUp()) {
            owed.answer();
        }
    }

    private void stage(Procedure procedure) throws Refused, IOException, InterruptedException {
        getOnAir();
        owed.answer(); // step 2
        owed.report(); // of a MCIM that was refused before the agent was cut
        Nonce registration = new Nonce(Opaque.of(tre.openRegistration()));
        Optional<Pcid> pcid = air.isWithPcid() ? Optional.of(Pcid.of(tre.pcid())) : Optional.empty();
        try {
            Mail.Download mcim =
                    obtaining.obtain(new Register(registration, pcid, procedure, Optional.of(obtaining.deviceState())));
            byte[] envelope = mcim.envelope().bytes();
            life.enter(State.INSTALLING, envelope.length + " bytes, beside what is in use");
            tre.stage(envelope);
        } catch (TrustException refused) {
            tre.closeRegistration();
            owed.report();
            throw Obtaining.refused(refused);
        } catch (Refused refused) {
            if (!Refusals.isPassing(refused.code())) {
                tre.closeRegistration(); // its nonce has served; another attempt gets its own
            }
            throw refused;
        }
    }

    /** With whatever bearer there is, else with what is in use. */
    private void getOnAir() throws IOException {
        if (air.isUp()) {
            return;
        }
        Optional<Subscription> active = tre.active();
        if (active.isPresent()) {
            air.operational(active.get());
        } else {
            air.initial();
        }
    }

    // Once the subscription is on board, nothing that fails here may keep the device from using it.
    private void reportIfOnAir() throws InterruptedException {
        if (!air.isUp()) {
            return;
        }
        try {
            owed.report();
        } catch (IOException later) {
            LOG.info("{}", later.getMessage());
        }
    }

    /**
     * Tries it. What fails before anything is discarded leaves the device at work with what it has: it is tried again at
     * the next occasion, and given up in the end.
     */
    void attempt() throws IOException, InterruptedException, Refused {
        try {
            run();
        } catch (Refused refused) {
            failed(refused.code(), refused);
        } catch (IOException silent) {
            if (tre.active().isEmpty() || !air.isUp()) {
                throw silent;
            }
            failed(ResultCode.UNAVAILABLE, silent);
        }
    }

    private void failed(ResultCode code, Exception why) throws Refused, IOException, InterruptedException {
        Optional<TrustedEnvironment.Change> change = tre.change();
        if (change.isEmpty() || change.get().stage() == Stage.DISCARDED) {
            if (why instanceof Refused refused) {
                throw refused;
            }
            throw new IOException(why);
        }
        attempts++;
        LOG.info("change, attempt {}: {}", attempts, why.toString());
        parts.events().say("change-failed", "code", code.name(), "attempt", attempts);
        if (Refusals.isForGood(code) || attempts >= ATTEMPTS_MAX) {
            attempts = 0;
            tre.abandonChange(code.number());
            reportIfOnAir();
            owed.answer();
        }
    }
}
