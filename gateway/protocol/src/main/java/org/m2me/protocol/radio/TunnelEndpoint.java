// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.radio;

import java.util.Optional;

/**
 * Where one side of a session takes user packets: GTP-U on this UDP port of the address that it signals from.
 *
 * <p>On a real air interface, radio resource control and RANAP tell both sides where the user plane is. Here it rides in
 * the protocol configuration options, in the container kept for operators (TS 24.008 10.5.6.3: FF00, beginning with the
 * MCC and MNC of the operator that defines it), defined by the test network 001-01. Only a port and a TEID are named,
 * no address: so nobody can have packets sent to somebody else.
 *
 * @param port UDP port, 1 to 65535
 * @param teid tunnel endpoint identifier (TS 29.281), 32 bits, not 0
 */
public record TunnelEndpoint(int port, long teid) {
    private static final int OPERATOR_CONTAINER = 0xff00;
    private static final long DEFINED_BY = 0x00f110; // 001-01
    private static final int CONTAINER_LENGTH = 9;
    private static final int PPP_FOR_IP = 0x80; // configuration protocol 0, extension bit

    public TunnelEndpoint {
        if (port < 1 || port > 65535 || teid < 1 || teid > 0xffffffffL) {
            throw new IllegalArgumentException("tunnel: port " + port + ", TEID " + teid + " are out of range");
        }
    }

    void write(Writer out) {
        out.sixteen(port).thirtyTwo(teid);
    }

    static TunnelEndpoint read(Octets in) throws MalformedException {
        int port = in.sixteen("tunnel port");
        long teid = in.thirtyTwo("TEID");
        if (port == 0 || teid == 0) {
            throw in.fault("tunnel", "port " + port + ", TEID " + teid + ": neither may be 0");
        }
        return new TunnelEndpoint(port, teid);
    }

    /** Protocol configuration options with this and nothing else. */
    byte[] toOptions() {
        Writer out = new Writer().octet(PPP_FOR_IP).sixteen(OPERATOR_CONTAINER).octet(CONTAINER_LENGTH);
        out.octet((int) (DEFINED_BY >> 16)).sixteen((int) DEFINED_BY);
        write(out);
        return out.toBytes();
    }

    /** What the protocol configuration options say of it; other containers are skipped. */
    static Optional<TunnelEndpoint> fromOptions(byte[] options) throws MalformedException {
        Octets in = new Octets("protocol configuration options", options, 0);
        if (in.octet("configuration protocol") != PPP_FOR_IP) {
            throw in.fault("configuration protocol", "is not PPP for IP");
        }
        Optional<TunnelEndpoint> found = Optional.empty();
        while (in.hasMore()) {
            int container = in.sixteen("container");
            byte[] content = in.lengthAndValue("container", 0, 255);
            Octets inner = new Octets("operator container", content, 0);
            if (container == OPERATOR_CONTAINER && content.length == CONTAINER_LENGTH && definedHere(inner)) {
                found = Optional.of(read(inner));
            }
        }
        return found;
    }

    private static boolean definedHere(Octets in) throws MalformedException {
        return ((long) in.octet("PLMN") << 16 | in.sixteen("PLMN")) == DEFINED_BY;
    }
}
