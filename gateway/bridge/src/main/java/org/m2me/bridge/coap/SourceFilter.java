// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.bridge.coap;

import java.net.DatagramPacket;
import java.net.InetAddress;
import java.time.Clock;
import java.util.Arrays;
import org.eclipse.californium.scandium.DatagramFilter;
import org.eclipse.californium.scandium.dtls.Connection;
import org.eclipse.californium.scandium.dtls.Record;
import org.m2me.bridge.device.Limits;
import org.m2me.bridge.device.Tally;
import org.m2me.bridge.device.Tally.Count;
import org.m2me.bridge.device.TokenBuckets;
import org.m2me.protocol.identity.Opaque;

/** Drops, before anything is parsed, what a source prefix sends beyond its limits; handshakes have their own. */
final class SourceFilter implements DatagramFilter {
    private static final int PREFIXES_MAX = 10_000; // about 2 MB; a forgotten prefix starts with a full bucket
    private static final byte TLS12_CID = 25; // content type of a record with connection ID (RFC 9146 3)
    private static final int PREFIX_IPV4 = 3; // bytes: /24, what one site or carrier NAT has
    private static final int PREFIX_IPV6 = 7; // bytes: /56, what one customer has

    private final TokenBuckets<Opaque> records;
    private final TokenBuckets<Opaque> handshakes;
    private final Tally tally;

    SourceFilter(Limits limits, Tally tally, Clock clock) {
        this.records = new TokenBuckets<>(limits.recordsPerSource(), PREFIXES_MAX, clock);
        this.handshakes = new TokenBuckets<>(limits.handshakesPerSource(), PREFIXES_MAX, clock);
        this.tally = tally;
    }

    @Override
    public boolean onReceiving(DatagramPacket packet) {
        boolean connected = packet.getLength() > 0 && packet.getData()[packet.getOffset()] == TLS12_CID;
        boolean allowed = (connected ? records : handshakes)
                .take(prefix(packet.getAddress()))
                .isZero();
        if (!allowed) {
            tally.add(Count.DATAGRAMS_DROPPED, 1);
        }
        return allowed;
    }

    @Override
    public boolean onReceiving(Record record, Connection connection) {
        return true;
    }

    @Override
    public boolean onMacError(Record record, Connection connection) {
        return true; // Scandium's own filter counts these for each connection
    }

    private static Opaque prefix(InetAddress address) {
        byte[] bytes = address.getAddress();
        return Opaque.of(Arrays.copyOf(bytes, bytes.length == 4 ? PREFIX_IPV4 : PREFIX_IPV6));
    }
}
