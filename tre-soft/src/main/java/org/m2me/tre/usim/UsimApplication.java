// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.tre.usim;

import java.io.IOException;
import org.m2me.protocol.aka.AkaFunctions;
import org.m2me.protocol.aka.UsimAuthentication;

/** What the card asks of the Trusted Environment: who it answers for, and the answers. Keys stay on the other side. */
public interface UsimApplication {
    /**
     * Who the card answers for at this moment.
     *
     * @param imsi 14 or 15 digits
     * @param iccid 18 to 20 digits
     * @param mncLength 2 or 3
     */
    record Subscriber(String imsi, String iccid, int mncLength) {}

    /** The subscription in use, or the PCID. */
    Subscriber subscriber();

    /**
     * Answers a challenge of a UMTS or later network. The sequence number of a success is durable when this returns.
     *
     * @param rand 16 bytes
     * @param autn 16 bytes
     * @throws IOException if it could not be stored; nothing of the answer may leave then
     */
    UsimAuthentication.Answer authenticate(byte[] rand, byte[] autn) throws IOException;

    /** What f2 to f4 give for a GSM network, which sends no AUTN (TS 33.102 6.8.1). */
    AkaFunctions.F2345 respond(byte[] rand);
}
