// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent;

import java.io.IOException;
import java.util.Optional;
import org.m2me.agent.AgentConfiguration.Access;
import org.m2me.hal.TrustException;
import org.m2me.hal.TrustedEnvironment;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Pcid;
import org.m2me.protocol.message.Mail;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.Register;
import org.m2me.protocol.step.Procedure;

/**
 * Provisioning of a pristine device as it takes part in it: initially (TR 33.812 5.1.3.7.1), or in a change by way of the
 * pristine state from its step 4 on (5.1.3.8.4.3). It keeps nothing itself: cut anywhere and started again, it goes on
 * from what the Trusted Environment has made durable.
 */
final class Provisioning {
    private final AgentParts parts;
    private final TrustedEnvironment tre;
    private final Lifecycle life;
    private final Connectivity air;
    private final Obtaining obtaining;
    private final Owed owed;

    Provisioning(AgentParts parts, Lifecycle life, Connectivity air, Obtaining obtaining, Owed owed) {
        this.parts = parts;
        this.tre = parts.tre();
        this.life = life;
        this.air = air;
        this.obtaining = obtaining;
        this.owed = owed;
    }

    /** From pristine to a subscription that is installed and reported. */
    void run() throws Refused, IOException, InterruptedException {
        life.enter(State.ATTACHING, accessWords());
        air.initial(); // steps 1 to 4
        owed.report(); // of an installation that failed before the agent was cut
        owed.answer();
        owed.releases();
        Register register = register(new Nonce(Opaque.of(tre.openRegistration())));
        try {
            Mail.Download mcim = obtaining.obtain(register); // steps 5 to 12
            install(mcim); // step 13
        } catch (Refused refused) {
            if (!Refusals.isPassing(refused.code())) {
                tre.closeRegistration(); // its nonce has served; another attempt gets its own
            }
            owed.report();
            throw refused;
        }
        owed.report();
    }

    private String accessWords() {
        return parts.configuration().access() == Access.N3G
                ? "over " + parts.configuration().wlanNetwork().orElse("")
                : "with PCID " + tre.pcid();
    }

    private Register register(Nonce registration) {
        Optional<Pcid> pcid =
                parts.configuration().access() == Access.N3G ? Optional.empty() : Optional.of(Pcid.of(tre.pcid()));
        return tre.change().isPresent()
                ? new Register(registration, pcid, Procedure.PRISTINE, Optional.of(obtaining.deviceState()))
                : Register.initial(registration, pcid);
    }

    private void install(Mail.Download mcim) throws Refused, IOException {
        byte[] envelope = mcim.envelope().bytes();
        life.enter(State.INSTALLING, envelope.length + " bytes");
        try {
            tre.install(envelope);
        } catch (TrustException refused) {
            throw Obtaining.refused(refused);
        }
    }
}
