// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.access;

import java.net.Inet4Address;
import java.util.BitSet;
import java.util.Optional;

/** The addresses that a network gives to devices. The one that was free for longest comes first. */
public final class AddressPool {
    /** Below these is the network's own address, and its router's. */
    private static final int FIRST = 2;

    /** A /16: more than an access network of this kind serves at once. */
    private static final int LENGTH_MIN = 16;

    private static final int LENGTH_MAX = 29;

    private final Ipv4Prefix prefix;
    private final int end;
    private final BitSet taken = new BitSet();
    private int next = FIRST;

    /** @param network of the form {@code 10.45.0.0/16}, at least /16 and at most /29 */
    public AddressPool(String network) {
        prefix = Ipv4Prefix.parse(network);
        if (prefix.length() < LENGTH_MIN || prefix.length() > LENGTH_MAX) {
            throw new IllegalArgumentException("address pool: " + network + " is not of /16 to /29");
        }
        end = (1 << (32 - prefix.length())) - 1; // the last is for broadcast
    }

    /** One that nobody has, or empty when all are taken. */
    public synchronized Optional<Inet4Address> take() {
        int free = taken.nextClearBit(next);
        if (free >= end) {
            free = taken.nextClearBit(FIRST);
        }
        if (free >= end) {
            return Optional.empty();
        }
        taken.set(free);
        next = free + 1;
        return Optional.of(prefix.at(free));
    }

    /** It may be given to somebody else. */
    public synchronized void giveBack(Inet4Address address) {
        taken.clear(Ipv4Prefix.number(address) - prefix.network());
    }
}
