// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Pcid;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.Activation;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.message.Telemetry;
import org.m2me.protocol.step.Procedure;

/** M2ME user and subscriber (TR 33.812 5.2.5.5.2). */
public interface Subscriber {
    /** Bytes of an agreement about as many devices as a campaign may have, each some 40. */
    int AGREEMENT_SIZE_MAX = 8 * 1024 * 1024;

    /** A device somebody bought: what was in its box. */
    record Purchase(Ueid device, Pcid pcid, Opaque ownerToken, Optional<Opaque> depositForm) {}

    /** Telemetry as it arrived. */
    record Received(Ueid device, Telemetry telemetry, Instant at) {}

    /**
     * Takes a purchase in hand: contracts with the chosen operator, hands over the parameters, passes the deposit form
     * on, and activates initial connectivity with the ICF (5.2.5.3.5.1). Repeated: no second effect.
     */
    @AllowedTo("console")
    void choose(Purchase purchase, Plmn operator) throws Refused;

    /** The newest telemetry of a device, newest first, at most 100. */
    @AllowedTo("console")
    List<Received> telemetry(Ueid device) throws Refused;

    /** How far an order has come. */
    enum Progress {
        /** It waits in the device's mailbox, or for those who have to know of it first. */
        ORDERED,
        /** The device has taken it. */
        TAKEN,
        /** The device has done it. */
        DONE,
        /** The device has refused it, or could not do it: nothing has changed. Or it has gone back by itself. */
        FAILED,
        /** A newer order took its place. */
        REPLACED
    }

    /**
     * An order to a device.
     *
     * @param number of the order, counts up for each device
     * @param code why it failed, else OK
     */
    record Ordered(
            Ueid device,
            long number,
            Procedure procedure,
            Plmn operator,
            Progress progress,
            ResultCode code,
            Instant at) {}

    /**
     * The owner changes operator: hands the device's parameters to the new one (step 1), permits it to ask for the
     * device's validation results, and instructs the device (step 2). When the device is done, the contract with the
     * operator before ends. The same as the newest order that is under way: no second effect.
     *
     * @param procedure {@code CHANGE}, {@code PRISTINE}, {@code ADD} or {@code SWITCH}
     * @throws Refused UNKNOWN_DEVICE when it was not bought here; NO_OPERATOR; MALFORMED for another procedure
     */
    @AllowedTo("console")
    void change(Ueid device, Procedure procedure, Plmn operator) throws Refused;

    /**
     * What the owner agrees to before a campaign of an operator.
     *
     * @param devices 1 to {@link Campaigns#DEVICES_MAX}, all bought here
     */
    record Agreement(Plmn operator, Procedure procedure, List<Ueid> devices) {}

    /**
     * The owner agrees that an operator has these devices change to it when it suits, and ask the IVF about them until
     * then. A device that has changed is free again; a later agreement about it replaces this one.
     *
     * @throws Refused UNKNOWN_DEVICE, NO_OPERATOR, MALFORMED: then nothing is agreed
     */
    @AllowedTo("console")
    @SizeMax(AGREEMENT_SIZE_MAX)
    void agree(Agreement agreement) throws Refused;

    /**
     * The operator's turn: the owner orders the device to change to it, as in {@link #change}.
     *
     * @throws Refused FORBIDDEN without an agreement
     */
    @AllowedTo("sho")
    void order(Ueid device, Procedure procedure, @OfCaller Plmn operator) throws Refused;

    /**
     * The device has left this operator's subscription by itself, for it does not work, and the operator has released it.
     * With another subscription on board it uses that now, and the contract here is over; else it is back at its PCID, and
     * may register here again. Repeated: no second effect.
     *
     * @throws Refused UNKNOWN_DEVICE when it was not bought here
     */
    @AllowedTo("sho")
    void fellBack(Ueid device, @OfCaller Plmn operator) throws Refused;

    /**
     * With whom a device is.
     *
     * @param operator whose subscription it uses, or is going to
     * @param besides whose it has on board, too
     */
    record Subscriptions(Plmn operator, Optional<Plmn> besides) {}

    /** The operators of a device. @throws Refused UNKNOWN_DEVICE when it was not bought here */
    @AllowedTo("console")
    Subscriptions subscriptions(Ueid device) throws Refused;

    /** The orders to a device, the newest first, at most 100. */
    @AllowedTo("console")
    List<Ordered> orders(Ueid device) throws Refused;

    /**
     * What the activation service tells a device (5.2.5.3.5.2).
     *
     * @param number of this entry; a device that has a lower one is told
     * @param terms absent when they were withdrawn
     * @param own whether it was entered for this device, else for all that have none of their own
     * @param held the number that the device had when it asked last, 0 if it had none or never asked
     */
    record Activated(long number, Optional<Activation.Terms> terms, boolean own, Instant at, long held) {}

    /**
     * Enters with whom a device works once it has its subscription, in place of what was entered before. It learns of it
     * with its next telemetry.
     *
     * @throws Refused UNKNOWN_DEVICE when it was not bought here; MALFORMED when a certificate is out of its time
     */
    @AllowedTo("console")
    void activate(Ueid device, Activation.Terms terms) throws Refused;

    /** The same for every device that nothing of its own is entered for. @throws Refused MALFORMED */
    @AllowedTo("console")
    void activateAll(Activation.Terms terms) throws Refused;

    /**
     * Withdraws what was entered for a device, or for all: it goes back to the gateway that it was made with, until something
     * is entered for it again. Repeated: no second effect.
     *
     * @throws Refused UNKNOWN_DEVICE; NOT_FOUND when nothing was ever entered for it
     */
    @AllowedTo("console")
    void deactivate(Ueid device) throws Refused;

    /** The same for every device that nothing of its own was ever entered for. @throws Refused NOT_FOUND */
    @AllowedTo("console")
    void deactivateAll() throws Refused;

    /** What a device is told. @throws Refused UNKNOWN_DEVICE; NOT_FOUND when nothing was ever entered for it */
    @AllowedTo("console")
    Activated activation(Ueid device) throws Refused;
}
