// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.tre;

import java.io.IOException;
import java.util.Optional;
import org.m2me.hal.TrustException;
import org.m2me.hal.TrustedEnvironment.Stage;
import org.m2me.protocol.crypto.ForgedException;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.message.OrderAnswer;
import org.m2me.protocol.message.OwnerOrder;
import org.m2me.protocol.message.ProvisioningReport;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Procedure;

/**
 * A change that the owner ordered, and the way back when its outcome does not work. Each step has one commit point.
 * Its user holds the memory's monitor.
 */
final class OrderedChange {
    private final Memory memory;

    OrderedChange(Memory memory) {
        this.memory = memory;
    }

    /** Takes an order, in place of one that can still be given up. */
    void order(byte[] signed) throws TrustException, IOException {
        TreState state = memory.state();
        OwnerOrder order = verified(signed, state);
        Optional<Orders.Ordered> current = state.orders().current();
        if (current.filter(it -> it.id().equals(order.id())).isPresent()
                && order.number() == state.orders().highest()) {
            if (state.debts().answer().isEmpty()) { // the owner has lost what it was told
                memory.change(generation -> state.with(state.debts().owing(taken(order))));
            }
            return;
        }
        check(order, state);
        TreState without = givingUp(state, ResultCode.NOT_AUTHORIZED);
        TreState taken = without.with(without.orders().taking(order))
                .with(without.debts().owing(taken(order)));
        boolean registers = order.procedure() != Procedure.SWITCH;
        store(
                registers
                        ? taken.with(taken.registrations()
                                .opening(Nonce.random(memory.vault().random())))
                        : taken);
    }

    private static OrderAnswer taken(OwnerOrder order) {
        return new OrderAnswer(order.id(), ResultCode.OK, false);
    }

    private OwnerOrder verified(byte[] signed, TreState state) throws TrustException {
        if (signed.length > OwnerOrder.SIZE_MAX) {
            throw Refusal.of(ResultCode.NOT_AUTHORIZED, "order: " + signed.length + " bytes");
        }
        try (SecretBytes secret = state.credentials().openSecret(memory.vault())) {
            return OwnerOrder.verify(signed, memory.device(), secret);
        } catch (ForgedException forged) {
            throw Refusal.of(ResultCode.NOT_AUTHORIZED, String.valueOf(forged.getMessage()));
        }
    }

    private static void check(OwnerOrder order, TreState state) throws TrustException {
        if (order.number() <= state.orders().highest()) {
            throw Refusal.of(
                    ResultCode.NONCE_USED,
                    "order " + order.number() + ", " + state.orders().highest() + " has served");
        }
        if (state.orders().current().filter(Orders.Ordered::isPastGivingUp).isPresent()) {
            throw Refusal.of(ResultCode.BUSY, "a change has discarded what it replaces: it goes on");
        }
        Subscriptions subscriptions = state.subscriptions();
        if (order.procedure() == Procedure.SWITCH
                && subscriptions.toSwitchTo(order.operator()).isEmpty()) {
            throw Refusal.of(ResultCode.NOT_FOUND, "nothing on board is of " + order.operator());
        }
        if (order.procedure() == Procedure.ADD && !subscriptions.hasRoomFor(order.operator())) {
            throw Refusal.of(ResultCode.QUOTA, "no room for another subscription");
        }
    }

    /** Gives up what has discarded nothing. */
    void abandon(ResultCode code) throws IOException {
        TreState state = memory.state();
        Optional<Orders.Ordered> current = state.orders().current();
        if (current.isEmpty()) {
            return;
        }
        if (current.get().stage() == Stage.DISCARDED) {
            throw new IllegalStateException("the old subscription is gone: this change goes on");
        }
        store(givingUp(state, code).ending(code));
    }

    // The operator of a MCIM that waited is told that nothing comes of it.
    private TreState givingUp(TreState state, ResultCode code) {
        TreState without = state.with(state.subscriptions().unstaging())
                .with(state.registrations().closing());
        return state.subscriptions()
                .stagedMcim()
                .map(it -> without.owing(new ProvisioningReport(it.registration(), code, memory.next())))
                .orElse(without);
    }

    /** The point of no return. */
    void discard() throws IOException {
        TreState state = memory.state();
        Orders.Ordered ordered = underWay(state);
        if (ordered.stage() == Stage.DISCARDED) {
            return;
        }
        if (!ordered.mayDiscard()) {
            throw new IllegalStateException(ordered.procedure() + " discards nothing when it is " + ordered.stage());
        }
        TreState without = state.with(state.orders().reaching(Stage.DISCARDED))
                .with(state.subscriptions().discarding());
        Optional<Nonce> change = state.subscriptions().stagedMcim().map(UsimSlot::registration);
        store(state.subscriptions()
                .activeMcim()
                .map(old ->
                        new Debts.Discarded(old.registration(), old.identity().operator(), memory.next(), change))
                .map(release -> without.with(without.debts().owing(release)))
                .orElse(without));
    }

    /** Ends what {@link #discard} or {@link Intake#stage} prepared, or switches. */
    void complete() throws IOException {
        TreState state = memory.state();
        if (state.orders().current().isEmpty()) {
            return;
        }
        Orders.Ordered ordered = underWay(state);
        UsimSlot brought = brought(ordered, state.subscriptions());
        Subscriptions after = switch (ordered.procedure()) {
            case CHANGE -> state.subscriptions().activatingStaged();
            case ADD -> state.subscriptions().keepingStaged();
            default -> state.subscriptions().switchingTo(brought);
        };
        store(state.with(after)
                .ending(ResultCode.OK)
                .owing(new ProvisioningReport(brought.registration(), ResultCode.OK, memory.next())));
    }

    private static UsimSlot brought(Orders.Ordered ordered, Subscriptions subscriptions) {
        boolean ready = switch (ordered.procedure()) {
            case CHANGE -> ordered.stage() == Stage.DISCARDED;
            case ADD -> ordered.stage() == Stage.STAGED;
            case SWITCH -> true;
            default -> false; // ends when its MCIM is installed
        };
        if (!ready) {
            throw new IllegalStateException(ordered.procedure() + " is not done when it is " + ordered.stage());
        }
        return (ordered.procedure() == Procedure.SWITCH
                        ? subscriptions.toSwitchTo(ordered.operator())
                        : subscriptions.stagedMcim())
                .orElseThrow(() -> new IllegalStateException("nothing on board is of " + ordered.operator()));
    }

    /** Back from what does not work. */
    void fallBack() throws IOException {
        TreState state = memory.state();
        Optional<UsimSlot> failed = state.subscriptions().activeMcim();
        if (failed.isEmpty()) {
            return;
        }
        TreState back = state.with(state.subscriptions().fallingBack())
                .owing(new ProvisioningReport(
                        failed.get().registration(), ResultCode.AUTHENTICATION_FAILED, memory.next()));
        store(state.debts()
                .answer()
                .filter(OrderAnswer::ended)
                .map(it -> new OrderAnswer(it.id(), ResultCode.AUTHENTICATION_FAILED, true))
                .map(answer -> back.with(back.debts().owing(answer)))
                .orElse(back));
    }

    private void store(TreState after) throws IOException {
        memory.change(generation -> after);
    }

    private static Orders.Ordered underWay(TreState state) {
        return state.orders().current().orElseThrow(() -> new IllegalStateException("no change is under way"));
    }
}
