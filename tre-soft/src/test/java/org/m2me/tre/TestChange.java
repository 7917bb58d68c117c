// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.tre;

import static org.assertj.core.api.Assertions.assertThat;
import static org.m2me.tre.TestNetwork.authenticate;
import static org.m2me.tre.TestNetwork.success;
import static org.m2me.tre.TestNetwork.vector;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.m2me.hal.SmartCard;
import org.m2me.hal.TrustedEnvironment;
import org.m2me.hal.TrustedEnvironment.Change;
import org.m2me.hal.TrustedEnvironment.Stage;
import org.m2me.protocol.aka.AkaKey;
import org.m2me.protocol.aka.AuthenticationVector;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.message.OrderAnswer;
import org.m2me.protocol.message.ProvisioningReport;
import org.m2me.protocol.message.Release;
import org.m2me.protocol.step.Procedure;

/** A change of a device's operator, which goes on wherever it was cut, and what must hold at every moment of it. */
final class TestChange {
    private static final long SQN_STEP = 1 << 10;

    final TestDevice device;
    final Procedure procedure;
    final TestNetwork.Operator to;
    final byte[] order;
    private final long number;
    /** The subscription's at its new operator. */
    final AkaKey key = TestNetwork.freshKey();

    private final Map<Nonce, byte[]> envelopes = new HashMap<>();
    private static final AtomicLong SQN = new AtomicLong();

    TestChange(TestDevice device, long number, Procedure procedure, TestNetwork.Operator to) {
        this.device = device;
        this.number = number;
        this.procedure = procedure;
        this.to = to;
        this.order = device.ownersOrder(number, procedure, to);
    }

    /** From wherever it is to its end. */
    void run(TrustedEnvironment environment) throws Exception {
        if (environment.change().isEmpty() && !isEnded(environment)) {
            environment.order(order);
        }
        Optional<Change> change = environment.change();
        if (change.isEmpty()) {
            return;
        }
        switch (procedure) {
            case CHANGE -> {
                if (change.get().stage() == Stage.ORDERED) {
                    environment.stage(envelope(environment));
                }
                environment.discard();
                environment.completeChange();
            }
            case PRISTINE -> {
                environment.discard();
                environment.install(envelope(environment));
            }
            case ADD -> {
                if (change.get().stage() == Stage.ORDERED) {
                    environment.stage(envelope(environment));
                }
                environment.completeChange();
            }
            default -> environment.completeChange();
        }
    }

    /** The one that the new operator makes for the open registration. */
    byte[] envelope(TrustedEnvironment environment) throws Exception {
        Nonce registration = TestNetwork.register(environment, to);
        return envelopes.computeIfAbsent(
                registration, nonce -> device.seal(device.order(to, nonce, key).numbered(number), to));
    }

    private static boolean isEnded(TrustedEnvironment environment) throws Exception {
        Optional<byte[]> answer = environment.owedAnswer();
        return answer.isPresent() && OrderAnswer.decode(answer.get()).ended();
    }

    static OrderAnswer answer(TrustedEnvironment environment) throws Exception {
        return OrderAnswer.decode(environment.owedAnswer().orElseThrow());
    }

    ProvisioningReport report(TrustedEnvironment environment) throws Exception {
        return ProvisioningReport.verify(environment.owedReport().orElseThrow(), device.platformKey());
    }

    List<Release> releases(TrustedEnvironment environment) throws Exception {
        List<Release> releases = new ArrayList<>();
        Opaque thumbprint = device.platformKey().thumbprint();
        for (TrustedEnvironment.OwedRelease owed : environment.owedReleases()) {
            releases.add(Release.verify(owed.release(), thumbprint));
        }
        return releases;
    }

    /** Design, section 4: one identity works, never two and never none; it is the PCID's unless a MCIM is active. */
    static void assertSound(TrustedEnvironment environment, AkaKey pcid, List<AkaKey> subscriptions) {
        assertThat(environment.pcid()).isEqualTo(TestNetwork.PCID);
        List<AkaKey> working = new ArrayList<>();
        for (AkaKey each : subscriptions) {
            if (works(environment.usim(), each)) {
                working.add(each);
            }
        }
        boolean withPcid = works(environment.usim(), pcid);
        assertThat(working).hasSize(environment.active().isPresent() ? 1 : 0);
        assertThat(withPcid).isEqualTo(environment.active().isEmpty());
    }

    /** As much of it as a disk that fails lets anybody see. */
    static void assertSoundWithoutWriting(TrustedEnvironment environment) {
        String imsi = TestNetwork.imsi(environment.usim());
        assertThat(imsi)
                .isEqualTo(environment
                        .active()
                        .map(TrustedEnvironment.Subscription::imsi)
                        .orElse(TestNetwork.PCID));
    }

    static boolean works(SmartCard card, AkaKey key) {
        AuthenticationVector vector = vector(key, SQN.addAndGet(SQN_STEP));
        return authenticate(card, vector).equals(success(vector));
    }
}
