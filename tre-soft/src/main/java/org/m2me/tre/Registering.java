// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.tre;

import java.io.IOException;
import java.util.Optional;
import org.m2me.hal.TrustException;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.message.ResultCode;

/** The one registration that is open at a time, from its nonce to its end. Its user holds the memory's monitor. */
final class Registering {
    private final Memory memory;

    Registering(Memory memory) {
        this.memory = memory;
    }

    /** The nonce of the open one; opens one if none is open. */
    Nonce open() throws IOException {
        TreState state = memory.state();
        if (state.registrations().open().isEmpty()) {
            Nonce fresh = Nonce.random(memory.vault().random());
            memory.change(generation -> state.with(state.registrations().opening(fresh)));
        }
        return memory.state().registrations().open().orElseThrow().nonce();
    }

    /** Binds it to an operator: the one that the owner has ordered, if there is such an order. */
    void bind(String operator, byte[] certificate) throws TrustException, IOException {
        TreState state = memory.state();
        Registrations.Open open = state.registrations()
                .open()
                .orElseThrow(() -> Refusal.of(ResultCode.MCIM_NONCE, "no registration is open to be bound"));
        var wanted = RoleCertificate.ofOperator(
                operator, certificate, state.credentials().anchors());
        if (open.binding()
                .filter(bound -> !bound.operator().equals(wanted.operator()))
                .isPresent()) {
            throw Refusal.of(
                    ResultCode.MCIM_WRONG_OPERATOR,
                    "the open registration is bound to another operator than " + operator);
        }
        if (state.orders()
                .current()
                .filter(Orders.Ordered::bringsMcim)
                .filter(it -> !it.operator().equals(wanted.operator()))
                .isPresent()) {
            throw Refusal.of(
                    ResultCode.MCIM_WRONG_OPERATOR, "the device's owner ordered another operator than " + operator);
        }
        if (!open.binding().equals(Optional.of(wanted))) {
            memory.change(generation -> state.with(state.registrations().binding(wanted)));
        }
    }

    /** Gives it up; its nonce is used. */
    void close() throws IOException {
        TreState state = memory.state();
        if (state.registrations().open().isPresent()) {
            memory.change(generation -> state.with(state.registrations().closing()));
        }
    }
}
