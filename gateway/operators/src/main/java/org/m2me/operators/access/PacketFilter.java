// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.access;

import java.net.Inet4Address;
import java.util.List;
import org.m2me.operators.AuthenticationCentre.Destination;

/** Where the packets of one session may go: what an APN's filter allows, and nothing else. */
public final class PacketFilter {
    private record Rule(int protocol, Ipv4Prefix network, int port) {
        boolean allows(int toProtocol, Inet4Address address, int toPort) {
            return protocol == toProtocol && network.contains(address) && (port == 0 || port == toPort);
        }
    }

    private final List<Rule> rules;

    private PacketFilter(List<Rule> rules) {
        this.rules = rules;
    }

    /** @throws IllegalArgumentException when a destination has no network, protocol or port that exists */
    public static PacketFilter of(List<Destination> allowed) {
        return new PacketFilter(allowed.stream().map(PacketFilter::rule).toList());
    }

    private static Rule rule(Destination destination) {
        if (destination.protocol() < 0
                || destination.protocol() > 255
                || destination.port() < 0
                || destination.port() > 65535) {
            throw new IllegalArgumentException("destination: " + destination + " has no such protocol or port");
        }
        return new Rule(destination.protocol(), Ipv4Prefix.parse(destination.network()), destination.port());
    }

    /** Whether a packet may go there. */
    public boolean allows(int protocol, Inet4Address address, int port) {
        return rules.stream().anyMatch(rule -> rule.allows(protocol, address, port));
    }
}
