// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.tre.usim;

/** Status words (TS 102 221 10.2.1, TS 31.102 7.3). */
final class StatusWord {
    static final int OK = 0x9000;
    /** Its low byte says how much GET RESPONSE may fetch. */
    static final int RESPONSE_WAITS = 0x6100;
    /** Its low digit says how many attempts are left. */
    static final int ATTEMPTS_LEFT = 0x63C0;

    static final int MEMORY_PROBLEM = 0x6581;
    static final int WRONG_LENGTH = 0x6700;
    static final int CHANNEL_NOT_SUPPORTED = 0x6881;
    static final int SECURE_MESSAGING_NOT_SUPPORTED = 0x6882;
    static final int WRONG_STRUCTURE = 0x6981;
    static final int SECURITY_STATUS = 0x6982;
    static final int CONDITIONS_NOT_SATISFIED = 0x6985;
    static final int NO_FILE_SELECTED = 0x6986;
    static final int WRONG_DATA = 0x6A80;
    static final int NO_CHANNEL_LEFT = 0x6A81;
    static final int FILE_NOT_FOUND = 0x6A82;
    static final int RECORD_NOT_FOUND = 0x6A83;
    static final int WRONG_PARAMETERS = 0x6A86;
    static final int WRONG_OFFSET = 0x6B00;
    /** Its low byte says which length is right. */
    static final int RIGHT_LENGTH = 0x6C00;

    static final int UNKNOWN_INSTRUCTION = 0x6D00;
    static final int UNKNOWN_CLASS = 0x6E00;
    static final int TECHNICAL_PROBLEM = 0x6F00;
    /** Authentication error, incorrect MAC. */
    static final int INCORRECT_MAC = 0x9862;

    private StatusWord() {}
}
