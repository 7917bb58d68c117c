// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.radio;

/** Why a network refuses an attach or ends it (TS 24.008 10.5.5.14). Numbers not listed here may be received. */
public enum GmmCause {
    /** IMSI unknown in HLR. */
    IMSI_UNKNOWN(2),
    ILLEGAL_MS(3),
    /** No access for a device that shows only its IMEI. */
    IMEI_NOT_ACCEPTED(5),
    GPRS_NOT_ALLOWED(7),
    /** The network detached the device without telling it. */
    IMPLICITLY_DETACHED(10),
    PLMN_NOT_ALLOWED(11),
    NETWORK_FAILURE(17),
    MAC_FAILURE(20),
    SYNCH_FAILURE(21),
    CONGESTION(22),
    INVALID_MANDATORY_INFORMATION(96),
    MESSAGE_TYPE_NOT_IMPLEMENTED(97);

    private final int number;

    GmmCause(int number) {
        this.number = number;
    }

    public int number() {
        return number;
    }
}
