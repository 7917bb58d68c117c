// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.tre;

import java.util.Optional;
import java.util.Set;
import org.m2me.hal.TrustedEnvironment.Stage;
import org.m2me.protocol.cbor.CborException;
import org.m2me.protocol.cbor.CborMap;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.message.OwnerOrder;
import org.m2me.protocol.step.Procedure;

/**
 * What the device's owner has said: the change under way, what keeps an old order out, and with whom to work.
 *
 * @param highest number of an order that was taken, or 0; no other order of this number or a lower one is taken
 */
record Orders(long highest, Optional<Ordered> current, Optional<HeldActivation> activation) {
    private static final int KEY_HIGHEST = 1;
    private static final int KEY_ID = 2;
    private static final int KEY_PROCEDURE = 3;
    private static final int KEY_OPERATOR = 4;
    private static final int KEY_STAGE = 5;
    private static final int KEY_ACTIVATION = 6;
    private static final int PLMN_MAX = 7;
    private static final int STAGE_MAX = 16; // characters of the longest name, with room

    /** A change that is not done. */
    record Ordered(Nonce id, Procedure procedure, Plmn operator, Stage stage) {
        /** Whether it brings a MCIM, which the ordered operator alone may send. */
        boolean bringsMcim() {
            return procedure != Procedure.SWITCH;
        }

        /** Whether its MCIM is kept beside what is in use before anything else happens. */
        boolean stagesMcim() {
            return procedure == Procedure.CHANGE || procedure == Procedure.ADD;
        }

        /** Whether it must go on: what it replaces is gone, and what it brings is on board. */
        boolean isPastGivingUp() {
            return procedure == Procedure.CHANGE && stage == Stage.DISCARDED;
        }

        /** Whether the active subscription may go now. */
        boolean mayDiscard() {
            return (procedure == Procedure.CHANGE && stage == Stage.STAGED)
                    || (procedure == Procedure.PRISTINE && stage == Stage.ORDERED);
        }
    }

    static Orders none() {
        return new Orders(0, Optional.empty(), Optional.empty());
    }

    Orders taking(OwnerOrder order) {
        return new Orders(
                order.number(),
                Optional.of(new Ordered(order.id(), order.procedure(), order.operator(), Stage.ORDERED)),
                activation);
    }

    Orders reaching(Stage stage) {
        return new Orders(
                highest, current.map(it -> new Ordered(it.id(), it.procedure(), it.operator(), stage)), activation);
    }

    /** Without a change under way. */
    Orders ended() {
        return new Orders(highest, Optional.empty(), activation);
    }

    /** To work with others from now on. */
    Orders activated(HeldActivation newer) {
        return new Orders(highest, current, Optional.of(newer));
    }

    CborMap toCbor() {
        CborMap.Builder map = CborMap.builder().put(KEY_HIGHEST, highest);
        current.ifPresent(it -> map.put(KEY_ID, it.id().bytes())
                .put(KEY_PROCEDURE, it.procedure().code())
                .put(KEY_OPERATOR, it.operator().toString())
                .put(KEY_STAGE, it.stage().name()));
        activation.ifPresent(it -> map.put(KEY_ACTIVATION, it.toCbor()));
        return map.build();
    }

    static Orders fromCbor(CborMap map) throws CborException {
        map.checkOnly(Set.of(
                (long) KEY_HIGHEST, (long) KEY_ID, (long) KEY_PROCEDURE, (long) KEY_OPERATOR, (long) KEY_STAGE, (long)
                        KEY_ACTIVATION));
        long highest = map.integer(KEY_HIGHEST, 0, Long.MAX_VALUE);
        Optional<HeldActivation> activation = map.has(KEY_ACTIVATION)
                ? Optional.of(HeldActivation.fromCbor(map.map(KEY_ACTIVATION)))
                : Optional.empty();
        return new Orders(highest, map.has(KEY_ID) ? Optional.of(ordered(map)) : Optional.empty(), activation);
    }

    private static Ordered ordered(CborMap map) throws CborException {
        return new Ordered(
                new Nonce(Opaque.of(map.bytes(KEY_ID, Nonce.LENGTH, Nonce.LENGTH))),
                Procedure.of(map.integer(KEY_PROCEDURE)),
                Plmn.parse(map.text(KEY_OPERATOR, PLMN_MAX)),
                Stage.valueOf(map.text(KEY_STAGE, STAGE_MAX)));
    }
}
