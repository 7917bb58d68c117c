// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal.emulated;

import java.io.IOException;
import java.util.Map;

/** The networks around an emulated WLAN module. */
public interface Hotspot {
    /**
     * A network that let the module in.
     *
     * @param dhcpOptions what its DHCP server said, option number to text
     */
    record Joined(Radio.Session session, Map<Integer, String> dhcpOptions) {}

    /** @throws IOException if there is no such network, or it refuses */
    Joined join(String network) throws IOException;
}
