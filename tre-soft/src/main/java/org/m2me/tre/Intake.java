// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.tre;

import java.io.IOException;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.m2me.hal.TrustException;
import org.m2me.hal.TrustedEnvironment.Stage;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.message.ProvisioningReport;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Procedure;

/** Takes MCIMs in, whole or not at all, with one commit point each. Its user holds the memory's monitor. */
final class Intake {
    private final Memory memory;

    Intake(Memory memory) {
        this.memory = memory;
    }

    /** Makes a MCIM the active one. */
    void install(byte[] envelope) throws TrustException, IOException {
        TreState state = memory.state();
        Optional<Nonce> open = openNonce(state);
        Optional<UsimSlot> active = state.subscriptions().activeMcim();
        if (open.isEmpty() && active.isPresent() && active.get().cameIn(envelope)) {
            owe(active.get().registration(), ResultCode.OK);
            return;
        }
        taking(envelope, () -> checkMayActivate(state), this::activated);
    }

    /** Keeps a MCIM beside what is in use, for the change under way. */
    void stage(byte[] envelope) throws TrustException, IOException {
        TreState state = memory.state();
        if (state.subscriptions()
                .stagedMcim()
                .filter(staged -> staged.cameIn(envelope))
                .isPresent()) {
            return;
        }
        taking(
                envelope,
                () -> checkMayStage(state),
                waiting -> waiting.with(waiting.orders().reaching(Stage.STAGED)));
    }

    /** Puts a PCID in the place of the one on board. */
    void renewPcid(byte[] certificate, byte[] envelope) throws TrustException, IOException {
        TreState before = memory.state();
        UsimSlot onBoard = before.subscriptions().pcid();
        Optional<Nonce> open = openNonce(before);
        if (open.isEmpty() && onBoard.cameIn(envelope)) {
            owe(onBoard.registration(), ResultCode.OK);
            return;
        }
        checkMayRenew(before); // what is open may be the change's: nothing is reported
        try {
            UsimSlot renewed =
                    new Installation(memory.device(), before, memory.vault()).renewedPcid(envelope, certificate);
            TreState next = before.with(before.subscriptions().replacing(renewed))
                    .with(before.registrations().closing());
            store(next, renewed.registration());
        } catch (TrustException refused) {
            oweRefusal(open, refused);
            throw refused;
        }
    }

    // In a change the PCID may be the only way back on the air, and the network has activated the one it knows.
    private static void checkMayRenew(TreState state) throws TrustException {
        if (state.orders().current().isPresent()
                || state.subscriptions().activeMcim().isEmpty()) {
            throw Refusal.of(ResultCode.BUSY, "the PCID is needed as it is at this moment");
        }
    }

    /** Says what forbids it. */
    private interface Permission {
        void check() throws TrustException;
    }

    private void taking(byte[] envelope, Permission permission, UnaryOperator<TreState> ending)
            throws TrustException, IOException {
        TreState before = memory.state();
        try {
            Installation installation = new Installation(memory.device(), before, memory.vault());
            Installation.Staged staged = installation.stage(envelope);
            permission.check();
            store(
                    ending.apply(installation.commit(staged, before)),
                    staged.slot().registration());
        } catch (TrustException refused) {
            oweRefusal(openNonce(before), refused);
            throw refused;
        }
    }

    // What was on the way to be active is reported with the generation in which it is.
    private void store(TreState next, Nonce registration) throws TrustException, IOException {
        boolean active = next.subscriptions().stagedMcim().isEmpty();
        try {
            memory.change(generation ->
                    active ? next.owing(new ProvisioningReport(registration, ResultCode.OK, generation)) : next);
        } catch (IOException notStored) {
            if (memory.isInDoubt()) {
                throw notStored; // it may be installed: a report that says no would be believed
            }
            TrustException refused = Refusal.of(ResultCode.STORE_FAILED, "the disk did not take the new state");
            refused.addSuppressed(notStored);
            throw refused;
        }
    }

    private TreState activated(TreState waiting) {
        return waiting.with(waiting.subscriptions().activatingStaged()).ending(ResultCode.OK);
    }

    // Whose subscription is in use is for the owner to say, whatever else an operator can prove.
    private static void checkMayActivate(TreState state) throws TrustException {
        Optional<Orders.Ordered> ordered = state.orders().current();
        if (ordered.isPresent()
                ? ordered.get().procedure() != Procedure.PRISTINE
                        || ordered.get().stage() != Stage.DISCARDED
                : state.subscriptions().activeMcim().isPresent()) {
            throw Refusal.of(ResultCode.NOT_AUTHORIZED, "the device's owner has not ordered it to be installed now");
        }
    }

    private static void checkMayStage(TreState state) throws TrustException {
        if (state.orders()
                .current()
                .filter(it -> it.stagesMcim() && it.stage() == Stage.ORDERED)
                .isEmpty()) {
            throw Refusal.of(ResultCode.NOT_AUTHORIZED, "the device's owner has ordered no such change");
        }
    }

    private static Optional<Nonce> openNonce(TreState state) {
        return state.registrations().open().map(Registrations.Open::nonce);
    }

    // Nobody to report to without a registration. A disk that fails must not silence the report that says so.
    private void oweRefusal(Optional<Nonce> registration, TrustException refused) {
        if (registration.isEmpty()) {
            return;
        }
        ResultCode code = ResultCode.of(refused.code());
        try {
            owe(registration.get(), code);
        } catch (IOException notStored) {
            refused.addSuppressed(notStored);
            if (!memory.isInDoubt()) {
                memory.keepInMind(
                        memory.state().owing(new ProvisioningReport(registration.get(), code, memory.generation())));
            }
        }
    }

    private void owe(Nonce registration, ResultCode code) throws IOException {
        TreState state = memory.state();
        boolean owed = state.debts()
                .report()
                .filter(it -> it.registration().equals(registration) && it.code() == code)
                .isPresent();
        if (!owed) {
            memory.change(generation -> state.owing(new ProvisioningReport(registration, code, generation)));
        }
    }
}
