// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.gsup;

import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * How a home network is offered over GSUP. The protocol knows no authentication: whoever reaches the address gets
 * vectors. So it is loopback by default, and else an address that only serving networks reach, over a tunnel or VPN.
 *
 * @param local where it listens; port 0 for one that the system chooses
 */
public record GsupSettings(InetSocketAddress local, GsupLimits limits) {
    /** On this machine only; Osmocom's clients look at 4222. */
    public static GsupSettings onLoopback(int port) {
        return new GsupSettings(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), GsupLimits.DEFAULT);
    }
}
