// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal;

import java.time.Duration;
import java.util.OptionalInt;

/**
 * A cellular modem. Calls block, each for about its limit: what a modem was told in preparation is waited for besides, for
 * nothing may be typed into a running command. A modem is used by one thread at a time.
 */
public interface Modem extends AutoCloseable {
    /**
     * Who the modem is.
     *
     * @param imei 15 digits
     */
    record Identity(String manufacturer, String model, String revision, String imei) {}

    /**
     * Where the modem is registered.
     *
     * @param plmn MCC and MNC, digits only
     * @param home whether that is the subscription's own network
     */
    record Registration(String plmn, boolean home) {}

    /** Switches on, synchronises and configures the modem; does nothing to one that is ready. */
    Identity start(Duration limit) throws ModemException;

    /** Makes the modem read its card again: after another subscription became the active one. */
    void restartCard(Duration limit) throws ModemException;

    /**
     * Registers for packet data with whatever network there is.
     *
     * @throws ModemException with the network's cause when it refuses, or when the limit is over
     */
    Registration register(Duration limit) throws ModemException;

    /** Leaves the network; bearers are gone. */
    void deregister(Duration limit) throws ModemException;

    /** Activates a bearer for packet data on an access point of at most 63 characters. */
    Bearer open(String apn, Duration limit) throws ModemException;

    /** Received signal strength in dBm, if the modem knows it. */
    OptionalInt signal() throws ModemException;

    /** A logical channel to the application with this AID on the modem's own card (CCHO, CGLA). */
    UiccChannel openChannel(byte[] aid) throws ModemException;

    @Override
    void close();
}
