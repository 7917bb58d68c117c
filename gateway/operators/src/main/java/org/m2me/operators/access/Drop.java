// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.access;

/** Why a packet did not pass. */
public enum Drop {
    /** No packet of IPv4, or with wrong lengths or checksums. */
    MALFORMED,
    /** From another place than the one that opened the session. */
    WRONG_SENDER,
    /** Its source is not the address that the session was given. */
    SPOOFED_SOURCE,
    /** Not UDP, which is all that is carried on. */
    PROTOCOL,
    /** A piece of a packet: its port cannot be known. */
    FRAGMENT,
    /** To where the access point does not lead. */
    FILTERED,
    /** The quota is used up. */
    QUOTA,
    /** From somebody whom the session never sent to. */
    UNSOLICITED,
    /** Longer than a packet may be. */
    TOO_LONG,
    /** The way out is full, or refused it. */
    NOT_SENT
}
