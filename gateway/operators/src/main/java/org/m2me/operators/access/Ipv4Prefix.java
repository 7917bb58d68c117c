// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.access;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A range of IPv4 addresses.
 *
 * @param network its first address, as a number
 * @param length how many leading bits are common, 0 to 32
 */
record Ipv4Prefix(int network, int length) {
    private static final Pattern FORM = Pattern.compile("(\\d{1,3}(?:\\.\\d{1,3}){3})/(\\d{1,2})");

    /** @throws IllegalArgumentException unless the text has the form {@code 10.45.0.0/16}, the other bits all zero */
    static Ipv4Prefix parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw new IllegalArgumentException("network: " + text + " is not of the form 10.45.0.0/16");
        }
        int length = Integer.parseInt(form.group(2));
        int network = number(address(form.group(1)));
        if (length > 32 || (network & ~mask(length)) != 0) {
            throw new IllegalArgumentException("network: " + text + " has bits beyond its prefix");
        }
        return new Ipv4Prefix(network, length);
    }

    boolean contains(Inet4Address address) {
        return (number(address) & mask(length)) == network;
    }

    /** The address that comes this many after the first. */
    Inet4Address at(int offset) {
        try {
            return (Inet4Address) InetAddress.getByAddress(
                    ByteBuffer.allocate(4).putInt(network + offset).array());
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException("four octets are always an IPv4 address", impossible);
        }
    }

    static int number(Inet4Address address) {
        return ByteBuffer.wrap(address.getAddress()).getInt();
    }

    private static int mask(int length) {
        return length == 0 ? 0 : -1 << (32 - length);
    }

    private static Inet4Address address(String digits) {
        try {
            return (Inet4Address) InetAddress.getByName(digits); // digits and dots are never looked up
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("network: " + digits + " is no IPv4 address", e);
        }
    }
}
