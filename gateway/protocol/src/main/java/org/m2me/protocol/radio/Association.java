// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.radio;

import java.net.Inet4Address;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Joining an emulated network that is not 3GPP, a WLAN or a fixed line: what association and DHCP do there, in one
 * exchange of {@link Frames}. The stream stays open while the device is on the network.
 */
public sealed interface Association {
    byte[] encode();

    /** Longest label, and longest reason. */
    int TEXT_MAX = 64;

    /**
     * The device asks to be let in.
     *
     * @param label how it calls itself, as a host name or MAC address does; nobody checks it
     * @param tunnel where it takes packets
     */
    record Join(String label, TunnelEndpoint tunnel) implements Association {
        private static final Pattern LABEL = Pattern.compile("[0-9A-Za-z:._-]{1," + TEXT_MAX + "}");

        public Join {
            if (!LABEL.matcher(label).matches()) {
                throw new IllegalArgumentException("label: wants 1 to " + TEXT_MAX + " letters, digits or :._-");
            }
        }

        @Override
        public byte[] encode() {
            Writer out = new Writer().octet(JOIN);
            tunnel.write(out);
            return out.lengthAndValue(label.getBytes(StandardCharsets.US_ASCII)).toBytes();
        }
    }

    /**
     * It is in.
     *
     * @param tunnel where the network takes packets
     * @param dhcpOptions number to text (RFC 2132 2): each at most 255 bytes
     */
    record Joined(Inet4Address address, TunnelEndpoint tunnel, Map<Integer, String> dhcpOptions)
            implements Association {
        @Override
        public byte[] encode() {
            Writer out = new Writer().octet(JOINED).bytes(address.getAddress());
            tunnel.write(out);
            new TreeMap<>(dhcpOptions)
                    .forEach((number, text) -> out.octet(number).lengthAndValue(text.getBytes(StandardCharsets.UTF_8)));
            return out.octet(END).toBytes();
        }
    }

    /** It may not. */
    record Rejected(String reason) implements Association {
        @Override
        public byte[] encode() {
            return new Writer()
                    .octet(REJECTED)
                    .lengthAndValue(reason.getBytes(StandardCharsets.UTF_8))
                    .toBytes();
        }
    }

    /** Message type, likewise the next two. */
    int JOIN = 1;

    int JOINED = 2;
    int REJECTED = 3;

    /** End option of RFC 2132 3.2. */
    int END = 255;

    /** @throws MalformedException when it is none of them */
    static Association decode(byte[] frame) throws MalformedException {
        Octets in = new Octets("association", frame, 0);
        int type = in.octet("message type");
        return switch (type) {
            case JOIN -> join(in);
            case JOINED -> joined(in);
            case REJECTED -> {
                String reason = text(in, "reason", 0, TEXT_MAX);
                in.end();
                yield new Rejected(reason);
            }
            default -> throw in.fault("message type", type + " is not known");
        };
    }

    private static Join join(Octets in) throws MalformedException {
        TunnelEndpoint tunnel = TunnelEndpoint.read(in);
        String label = text(in, "label", 1, TEXT_MAX);
        in.end();
        if (!Join.LABEL.matcher(label).matches()) {
            throw in.fault("label", "has other characters than letters, digits and :._-");
        }
        return new Join(label, tunnel);
    }

    private static Joined joined(Octets in) throws MalformedException {
        Inet4Address address = Ipv4Packet.address(in.take(4, "address"), 0);
        TunnelEndpoint tunnel = TunnelEndpoint.read(in);
        Map<Integer, String> options = new TreeMap<>();
        int number = in.octet("option");
        while (number != END) {
            options.put(number, text(in, "option " + number, 0, 255));
            number = in.octet("option");
        }
        in.end();
        return new Joined(address, tunnel, Map.copyOf(options));
    }

    /** What is not UTF-8 is not replaced: it would come out longer than it came in. */
    private static String text(Octets in, String element, int min, int max) throws MalformedException {
        byte[] bytes = in.lengthAndValue(element, min, max);
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException malformed) {
            throw in.fault(element, "is not UTF-8");
        }
    }
}
