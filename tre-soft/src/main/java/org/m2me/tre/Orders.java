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
 * What the device's owner has ordered: the change under way, and what keeps an old order out.
 *
 * @param highest number of an order that was taken, or 0; no other order of this number or a lower one is taken
 */
record Orders(long highest, Optional<Ordered> current) {
    private static final int KEY_HIGHEST = 1;
    private static final int KEY_ID = 2;
    private static final int KEY_PROCEDURE = 3;
    private static final int KEY_OPERATOR = 4;
    private static final int KEY_STAGE = 5;
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
        return new Orders(0, Optional.empty());
    }

    Orders taking(OwnerOrder order) {
        return new Orders(
                order.number(),
                Optional.of(new Ordered(order.id(), order.procedure(), order.operator(), Stage.ORDERED)));
    }

    Orders reaching(Stage stage) {
        return new Orders(highest, current.map(it -> new Ordered(it.id(), it.procedure(), it.operator(), stage)));
    }

    /** Without a change under way. */
    Orders ended() {
        return new Orders(highest, Optional.empty());
    }

    CborMap toCbor() {
        CborMap.Builder map = CborMap.builder().put(KEY_HIGHEST, highest);
        current.ifPresent(it -> map.put(KEY_ID, it.id().bytes())
                .put(KEY_PROCEDURE, it.procedure().code())
                .put(KEY_OPERATOR, it.operator().toString())
                .put(KEY_STAGE, it.stage().name()));
        return map.build();
    }

    static Orders fromCbor(CborMap map) throws CborException {
        map.checkOnly(
                Set.of((long) KEY_HIGHEST, (long) KEY_ID, (long) KEY_PROCEDURE, (long) KEY_OPERATOR, (long) KEY_STAGE));
        long highest = map.integer(KEY_HIGHEST, 0, Long.MAX_VALUE);
        if (!map.has(KEY_ID)) {
            return new Orders(highest, Optional.empty());
        }
        Stage stage = Stage.valueOf(map.text(KEY_STAGE, STAGE_MAX));
        return new Orders(
                highest,
                Optional.of(new Ordered(
                        new Nonce(Opaque.of(map.bytes(KEY_ID, Nonce.LENGTH, Nonce.LENGTH))),
                        Procedure.of(map.integer(KEY_PROCEDURE)),
                        Plmn.parse(map.text(KEY_OPERATOR, PLMN_MAX)),
                        stage)));
    }
}
