// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab;

import java.util.List;
import org.m2me.protocol.step.Procedure;

/** How a device comes to another operator, in the words of the command line. */
public enum ChangeWay {
    /** Over the connectivity of the old one. */
    old(Procedure.CHANGE),
    /** By way of the pristine state. */
    pristine(Procedure.PRISTINE),
    /** The second subscription comes on board first; then its owner switches to it. */
    preloaded(Procedure.ADD, Procedure.SWITCH);

    @SuppressWarnings("ImmutableEnumChecker") // List.of gives one that does not change
    private final List<Procedure> orders;

    ChangeWay(Procedure... orders) {
        this.orders = List.of(orders);
    }

    /** What the owner orders, one after the other. */
    public List<Procedure> orders() {
        return orders;
    }
}
