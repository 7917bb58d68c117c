// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.radio;

/** Why a network refuses a session or ends it (TS 24.008 10.5.6.6). Numbers not listed here may be received. */
public enum SmCause {
    /** Operator determined barring: a quota is used up, or the subscription is no longer active. */
    BARRED(8),
    INSUFFICIENT_RESOURCES(26),
    /** Missing or unknown APN. */
    UNKNOWN_APN(27),
    UNKNOWN_ADDRESS_TYPE(28),
    /** Requested service option not subscribed. */
    NOT_SUBSCRIBED(33),
    REGULAR_DEACTIVATION(36),
    NETWORK_FAILURE(38),
    INVALID_MANDATORY_INFORMATION(96);

    private final int number;

    SmCause(int number) {
        this.number = number;
    }

    public int number() {
        return number;
    }
}
