// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators;

import java.util.Optional;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;

/** Discovery and Registration Function (TR 33.812 5.2.5.4.2). */
public interface Drf {
    /**
     * A device that an operator waits for.
     *
     * @param certificate DER, with which this operator's MCIM for the device will be signed
     */
    record Expectation(Ueid device, @OfCaller Plmn operator, Opaque certificate) {}

    /** The SHO says: this device is mine, send it to me. A later one replaces an earlier one until the device registers. */
    @AllowedTo("sho")
    void expect(Expectation expectation) throws Refused;

    /**
     * The SHO says: the contract about this device is over. It is sent to who waited for it before, and was not replaced by
     * its subscribing. Repeated: no second effect.
     */
    @AllowedTo("sho")
    void withdrawn(Ueid device, @OfCaller Plmn operator) throws Refused;

    /**
     * The SHO ends a registration of its own without a MCIM; the device is told. Repeated: no second effect.
     *
     * @throws Refused NOT_FOUND; FORBIDDEN when the registration is with another operator
     */
    @AllowedTo("sho")
    void refuse(Nonce registration, @OfCaller Plmn operator, ResultCode code) throws Refused;

    /**
     * Step 14 of a change: the device subscribes to this operator from now on, for later discovery. Repeated: no second
     * effect.
     */
    @AllowedTo("sho")
    void subscribed(Expectation subscription) throws Refused;

    /** Where a device is sent that registers now: for the staff. Empty when no operator waits for it. */
    @AllowedTo("console")
    Optional<Plmn> operatorOf(Ueid device) throws Refused;
}
