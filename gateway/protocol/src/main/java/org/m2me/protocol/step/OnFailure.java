// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.step;

/** What a failed step leaves to be done. */
public enum OnFailure {
    /** Nothing was taken; start again from step 1 after a delay. */
    RETRY_LATER,
    /** Nothing was taken, and trying again would not help until somebody changes something. */
    GIVE_UP,
    /** The registration stays, the step is repeated from what is stored. */
    REPEAT_STEP,
    /** The MCIM is in place; only the report is owed. Send it again, never the procedure. */
    REPORT_AGAIN
}
