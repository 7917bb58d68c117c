// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.tre;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.m2me.hal.TrustedEnvironment.OwedRelease;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.message.OrderAnswer;
import org.m2me.protocol.message.ProvisioningReport;
import org.m2me.protocol.message.Release;

/**
 * What is owed, in the form in which it is delivered. Signatures are deterministic, so a message is the same bytes
 * whenever it is asked for. Its user holds the memory's monitor.
 */
final class Deliveries {
    private final Memory memory;

    Deliveries(Memory memory) {
        this.memory = memory;
    }

    Optional<byte[]> report() {
        TreState state = memory.state();
        if (state.debts().report().isEmpty()) {
            return Optional.empty();
        }
        try (P256PrivateKey platform = platformKey(state)) {
            return state.debts().report().map(report -> report.sign(platform));
        }
    }

    void reportAcknowledged() throws IOException {
        TreState state = memory.state();
        Optional<Nonce> told = state.debts().report().map(ProvisioningReport::registration);
        if (told.isPresent()) {
            boolean stillOpen =
                    state.registrations().open().map(Registrations.Open::nonce).equals(told);
            TreState next = state.with(state.debts().withoutReport());
            // Of a registration that the network was told the end of, nothing comes any more.
            memory.change(
                    generation -> stillOpen ? next.with(state.registrations().closing()) : next);
        }
    }

    Optional<byte[]> answer() {
        return memory.state().debts().answer().map(OrderAnswer::encode);
    }

    void answerAcknowledged(byte[] answer) throws IOException {
        TreState state = memory.state();
        if (answer().filter(owed -> Arrays.equals(owed, answer)).isPresent()) {
            memory.change(generation -> state.with(state.debts().withoutAnswer()));
        }
    }

    List<OwedRelease> releases() {
        TreState state = memory.state();
        if (state.debts().releases().isEmpty()) {
            return List.of();
        }
        List<OwedRelease> owed = new ArrayList<>();
        try (P256PrivateKey platform = platformKey(state)) {
            for (Debts.Discarded discarded : state.debts().releases()) {
                owed.add(new OwedRelease(
                        release(discarded).sign(platform), discarded.change().map(Nonce::bytes)));
            }
        }
        return List.copyOf(owed);
    }

    void releaseAcknowledged(byte[] signed) throws IOException {
        TreState state = memory.state();
        List<OwedRelease> owed = releases();
        for (int i = 0; i < owed.size(); i++) {
            if (Arrays.equals(owed.get(i).release(), signed)) {
                Debts left = state.debts().without(state.debts().releases().get(i));
                memory.change(generation -> state.with(left));
            }
        }
    }

    private Release release(Debts.Discarded discarded) {
        return new Release(discarded.registration(), memory.device(), discarded.operator(), discarded.generation());
    }

    private P256PrivateKey platformKey(TreState state) {
        return state.keys().open(memory.vault(), DeviceKeys.Use.PLATFORM);
    }
}
