// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.n3gicp;

import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import org.m2me.operators.AuthenticationCentre.Destination;
import org.m2me.operators.access.AccessLimits;

/**
 * Initial connectivity that is not 3GPP.
 *
 * @param local where it listens, and whence packets leave
 * @param port for associations; 0 for one that the system chooses
 * @param addresses to give to devices, of the form {@code 192.168.76.0/22}
 * @param allowed the way to the RO, and nothing else
 * @param quota bytes of one session; 0 is no limit
 * @param dhcpOptions what its DHCP server says, number to text; {@link #DRF_OPTION} among it
 */
public record N3gSettings(
        InetAddress local,
        int port,
        String addresses,
        List<Destination> allowed,
        long quota,
        Map<Integer, String> dhcpOptions,
        AccessLimits limits) {
    /** Address of the DRF, as a URI: the first of the options left to a site (RFC 3942). */
    public static final int DRF_OPTION = 224;

    private static final int OPTION_LENGTH_MAX = 255; // one octet of length (RFC 2132 2)

    public N3gSettings {
        if (!dhcpOptions.containsKey(DRF_OPTION)) {
            throw new IllegalArgumentException("N3G-ICP: DHCP option " + DRF_OPTION + ", the DRF's URI, is missing");
        }
        dhcpOptions.forEach((number, text) -> {
            if (number < 1 || number > 254 || text.length() > OPTION_LENGTH_MAX) {
                throw new IllegalArgumentException("N3G-ICP: DHCP option " + number + " does not fit");
            }
        });
    }
}
