// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent;

import org.m2me.hal.Lights.Signal;

/** What the agent is doing. */
public enum State {
    /** Opening board and Trusted Environment. */
    STARTING(Signal.STARTING),
    /** Reading its own files. */
    MEASURING(Signal.STARTING),
    /** Getting on the air with the preliminary identity, or over a network that is not 3GPP. */
    ATTACHING(Signal.SEARCHING),
    /** Asking the DRF for its operator. */
    REGISTERING(Signal.PROVISIONING),
    /** Asking for mail. */
    WAITING(Signal.PROVISIONING),
    /** Answering the PVA's challenge. */
    PROVING(Signal.PROVISIONING),
    /** Giving the MCIM to the Trusted Environment. */
    INSTALLING(Signal.PROVISIONING),
    /** Telling the DPF what became of the MCIM. */
    REPORTING(Signal.PROVISIONING),
    /** Getting on the air with its own subscription. */
    REATTACHING(Signal.SEARCHING),
    /** At work. */
    OPERATIONAL(Signal.OPERATIONAL),
    /** Doing what its owner ordered; the subscription in use stays until the new one is on board. */
    CHANGING(Signal.PROVISIONING),
    /** Giving the old subscription up: from here on there is only forward. */
    DISCARDING(Signal.PROVISIONING),
    /** Telling an old operator that nothing is left of its subscription. */
    RELEASING(Signal.PROVISIONING),
    /** Its operator has not been reached for long: asking with the preliminary identity whether the owner wants something. */
    LOOKING(Signal.SEARCHING),
    /** The subscription never worked: going back to the one that is kept, or to the preliminary identity. */
    FALLING_BACK(Signal.SEARCHING),
    /** Something did not answer, or asked to come later: waiting to try again. */
    BACKING_OFF(Signal.SEARCHING),
    /** Refused, and asking again soon would not help: quiet for about a day, or until it is switched on again. */
    REFUSED(Signal.REFUSED),
    /** Cannot go on: the Trusted Environment or the board is at fault. */
    FAULT(Signal.FAULT),
    /** Ended, its work done or by order. */
    STOPPED(Signal.STARTING);

    private final Signal light;

    State(Signal light) {
        this.light = light;
    }

    /** What the board's lights show. */
    public Signal light() {
        return light;
    }
}
