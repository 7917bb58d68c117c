// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.radio;

import org.m2me.protocol.identity.Opaque;

/** Numbers of mobility management (TS 24.008 10.4 and 9.4). */
final class Gmm {
    static final int PROTOCOL = 0x08;

    static final int ATTACH_REQUEST = 0x01;
    static final int ATTACH_ACCEPT = 0x02;
    static final int ATTACH_COMPLETE = 0x03;
    static final int ATTACH_REJECT = 0x04;
    static final int DETACH_REQUEST = 0x05;
    static final int DETACH_ACCEPT = 0x06;
    static final int AUTHENTICATION_REQUEST = 0x12;
    static final int AUTHENTICATION_RESPONSE = 0x13;
    static final int AUTHENTICATION_REJECT = 0x14;
    static final int IDENTITY_REQUEST = 0x15;
    static final int IDENTITY_RESPONSE = 0x16;
    static final int AUTHENTICATION_FAILURE = 0x1c;

    static final int READY_TIMER = 0x17;
    static final int PTMSI = 0x18;
    static final int RAND = 0x21;
    static final int RES = 0x22;
    static final int IMEISV = 0x23;
    static final int CAUSE = 0x25;
    static final int AUTN = 0x28;
    static final int RES_REST = 0x29;
    static final int AUTS = 0x30;

    static final Opaque NETWORK_CAPABILITY = Opaque.hex("e5e0"); // release 99 bit set: without it no UMTS AKA
    static final Opaque RADIO_CAPABILITY = Opaque.hex("171342");
    static final int GPRS_ATTACH_NO_KEY = 0x71; // GPRS attach; no ciphering key is kept from earlier
    static final int DRX = 0x0a00;
    static final int GPRS_ONLY_ATTACHED = 0x01;
    static final int TEN_MINUTES = 0x2a; // periodic update timer: unit 1 min, value 10
    static final int FORTY_FOUR_SECONDS = 0x16; // ready timer: unit 2 s, value 22
    static final int RADIO_PRIORITIES = 0x44;
    static final int KEY_SEQUENCE = 0x80;
    static final int IMEISV_WANTED = 0x10;
    static final int GPRS_DETACH = 0x01;
    static final int POWER_OFF = 0x08;
    static final int REATTACH = 0x01;
    static final int DO_NOT_REATTACH = 0x02;
    static final int RES_FIRST = 4; // octets of RES in its first element

    private Gmm() {}

    static Writer start(int type) {
        return new Writer().octet(PROTOCOL).octet(type);
    }
}
