// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.gsup;

import java.util.Optional;

/** What a message is; the two low bits of its number tell request, error and result apart. */
public enum GsupType {
    UPDATE_LOCATION_REQUEST(0x04),
    UPDATE_LOCATION_ERROR(0x05),
    UPDATE_LOCATION_RESULT(0x06),
    SEND_AUTH_INFO_REQUEST(0x08),
    SEND_AUTH_INFO_ERROR(0x09),
    SEND_AUTH_INFO_RESULT(0x0a),
    /** A card did not accept the network, or the network the card; nobody answers it. */
    AUTH_FAIL_REPORT(0x0b),
    PURGE_MS_REQUEST(0x0c),
    PURGE_MS_ERROR(0x0d),
    PURGE_MS_RESULT(0x0e),
    INSERT_DATA_REQUEST(0x10),
    INSERT_DATA_ERROR(0x11),
    INSERT_DATA_RESULT(0x12),
    DELETE_DATA_REQUEST(0x14),
    DELETE_DATA_ERROR(0x15),
    DELETE_DATA_RESULT(0x16),
    LOCATION_CANCEL_REQUEST(0x1c),
    LOCATION_CANCEL_ERROR(0x1d),
    LOCATION_CANCEL_RESULT(0x1e);

    static final int ERROR = 1;
    private static final int RESULT = 2;
    private static final int KIND = 3;

    private final int number;

    GsupType(int number) {
        this.number = number;
    }

    /** The number on the wire. */
    public int number() {
        return number;
    }

    /** The type of this number, if it is one that is spoken here. */
    public static Optional<GsupType> of(int number) {
        for (GsupType type : values()) {
            if (type.number == number) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }

    /** Whether an answer is expected. */
    public boolean isRequest() {
        return isRequest(number);
    }

    static boolean isRequest(int number) {
        return (number & KIND) == 0;
    }

    /** The request that this answers, or which it is. */
    public GsupType request() {
        return of(number & ~KIND).orElseThrow();
    }

    /** Whether it says no. */
    public boolean isError() {
        return (number & KIND) == ERROR;
    }

    /** What says no to this request. */
    public GsupType error() {
        return of(number | ERROR).orElseThrow();
    }

    /** What says yes to this request. */
    public GsupType result() {
        return of(number | RESULT).orElseThrow();
    }
}
