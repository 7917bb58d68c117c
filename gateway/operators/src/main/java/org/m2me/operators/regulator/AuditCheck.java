// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.regulator;

import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.m2me.operators.Regulator.Page;
import org.m2me.operators.Regulator.Recorded;
import org.m2me.protocol.crypto.ForgedException;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.pki.Certificate;

/**
 * Looks whether a record is whole: its entries counted without gaps from 1, each with the hash that follows from all
 * before it, up to a head that the regulator signed. Every head on the way has to fit, also one that somebody kept.
 */
final class AuditCheck {
    /** The record is not what the regulator signed; says from which entry on. */
    static final class Broken extends Exception {
        private static final long serialVersionUID = 1L;

        Broken(String message) {
            super(message);
        }
    }

    private final Collection<Certificate> anchors;
    private final SortedMap<Long, AuditHead> ahead = new TreeMap<>();
    private long number;
    private Opaque hash = ChainText.ORIGIN;
    private @Nullable AuditHead last;

    /** @param anchors one of which certified the regulator */
    AuditCheck(Collection<Certificate> anchors) {
        this.anchors = List.copyOf(anchors);
    }

    /** The next piece. */
    void take(Page page) throws Broken {
        expect(verified(page.head()));
        for (Recorded recorded : page.entries()) {
            take(recorded);
        }
    }

    /** A head that the record has to have had at some time. */
    void expect(AuditHead head) throws Broken {
        if (head.number() < number) {
            throw new Broken("entry " + number + ": comes with a head that was signed before it was there");
        }
        AuditHead same = ahead.putIfAbsent(head.number(), head);
        if (same != null && !same.hash().equals(head.hash())) {
            throw new Broken("entry " + head.number() + ": two signed heads name different ones");
        }
        checkHead();
    }

    private AuditHead verified(Opaque signed) throws Broken {
        try {
            return AuditHead.verify(signed, anchors);
        } catch (ForgedException forged) {
            throw new Broken("head after entry " + number + ": " + forged.getMessage());
        }
    }

    private void take(Recorded recorded) throws Broken {
        if (recorded.number() != number + 1) {
            throw new Broken("entry " + (number + 1) + ": is not in its place, number " + recorded.number() + " is");
        }
        String text = ChainText.of(recorded.number(), recorded.received(), recorded.by(), recorded.entry());
        if (!ChainText.hash(hash, text).equals(recorded.hash())) {
            throw new Broken(
                    "entry " + recorded.number() + ": its hash is not that of its content and the entry before");
        }
        number = recorded.number();
        hash = recorded.hash();
        checkHead();
    }

    private void checkHead() throws Broken {
        AuditHead here = ahead.remove(number);
        if (here != null && !here.hash().equals(hash)) {
            throw new Broken("entry " + number + ": is not the one that the regulator signed at " + here.at()
                    + "; it or one before it was exchanged");
        }
        if (here != null) {
            last = here;
        }
    }

    /** Nothing follows. @return the head of the whole record */
    AuditHead end() throws Broken {
        if (!ahead.isEmpty()) {
            throw new Broken("entry " + (number + 1) + ": is missing; the regulator signed " + ahead.lastKey()
                    + " entries, here are " + number);
        }
        AuditHead end = last;
        if (end == null || end.number() != number) {
            throw new Broken("entry " + number + ": is not followed by a signed head");
        }
        return end;
    }
}
