// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.radio;

import org.m2me.protocol.identity.Opaque;

/** Numbers of session management (TS 24.008 10.4 and 9.5). */
final class Sm {
    static final int PROTOCOL = 0x0a;
    static final int FROM_NETWORK = 0x80; // transaction identifier flag: the mobile began the transaction
    static final int TRANSACTION_MAX = 6; // 7 is reserved for extension (TS 24.007 11.2.3.1.3)

    static final int ACTIVATE_REQUEST = 0x41;
    static final int ACTIVATE_ACCEPT = 0x42;
    static final int ACTIVATE_REJECT = 0x43;
    static final int DEACTIVATE_REQUEST = 0x46;
    static final int DEACTIVATE_ACCEPT = 0x47;

    static final int OPTIONS = 0x27;
    static final int APN = 0x28;
    static final int ADDRESS = 0x2b;

    static final int FIRST_NSAPI = 5;
    static final int LLC_SAPI = 3;
    static final int RADIO_PRIORITY = 4;
    static final Opaque QOS_SUBSCRIBED = Opaque.hex("000000");
    static final Opaque QOS_BEST_EFFORT = Opaque.hex("23421f"); // delay class 4, precedence 2, best effort
    static final Opaque IPV4 = Opaque.hex("0121"); // IETF, IPv4

    private Sm() {}

    static Writer fromMobile(int transaction, int type) {
        return new Writer().octet(transaction << 4 | PROTOCOL).octet(type);
    }

    static Writer fromNetwork(int transaction, int type) {
        return new Writer().octet(FROM_NETWORK | transaction << 4 | PROTOCOL).octet(type);
    }
}
