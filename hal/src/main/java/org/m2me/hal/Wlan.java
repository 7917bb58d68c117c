// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** Access that is not 3GPP: a WLAN or fixed network that lets the device in for registration (TR 33.812 5.2.5.6.2). */
public interface Wlan extends AutoCloseable {
    /** Joins a network and gets an address. Fails if it is not there, refuses, or the limit is over. */
    Bearer join(String network, Duration limit) throws IOException;

    /** What the network's DHCP server said under this option number, as text: 224 is the address of the DRF. */
    Optional<String> dhcpOption(int option) throws IOException;

    @Override
    void close();
}
