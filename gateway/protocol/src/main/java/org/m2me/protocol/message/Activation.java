// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.message;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.m2me.protocol.cbor.CborException;
import org.m2me.protocol.cbor.CborMap;
import org.m2me.protocol.crypto.ForgedException;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.pki.Certificate;

/**
 * Application activation (TR 33.812 5.2.5.3.5.2): with whom a device works once it has its subscription. The answer of the
 * activation service, resource {@code v}, signed by the owner as an {@link OwnerOrder} is.
 *
 * @param number counts up, for each device; the device takes none that is lower than the one it has
 * @param terms absent when the owner has withdrawn what was entered before: the device works with the gateway that it was
 *     made with, for everything
 */
public record Activation(Ueid device, long number, Optional<Terms> terms) {
    /** Three certificates of the largest size, with what is around them. */
    public static final int SIZE_MAX = 4096;

    private static final String PURPOSE = "m2me activation";

    private static final long DEVICE = 2;
    private static final long NUMBER = 3;
    private static final long APPLICATION = 4;
    private static final long MANAGEMENT = 5;
    private static final long UNKNOWN_MANAGEMENT = 6;
    private static final Set<Long> TERMS = Set.of(APPLICATION, MANAGEMENT, UNKNOWN_MANAGEMENT);

    /**
     * A security association: the device shows its transport certificate, and believes this of the server.
     *
     * @param anchor the authority that the server's certificate comes from; no other authority is believed
     * @param name the common name in the server's certificate, at most 64 characters
     */
    public record Association(Certificate anchor, String name) {
        private static final int NAME_MAX = 64; // X.520, ub-common-name
        private static final long ANCHOR = 1;
        private static final long NAME = 2;

        /** @throws IllegalArgumentException naming the part that is out of its range */
        public Association {
            int length = anchor.der().length;
            if (length > RegisterAnswer.CERTIFICATE_SIZE_MAX) {
                throw new IllegalArgumentException(
                        "anchor: " + length + " bytes, at most " + RegisterAnswer.CERTIFICATE_SIZE_MAX);
            }
            if (name.isBlank() || name.length() > NAME_MAX) {
                throw new IllegalArgumentException("name: wants 1 to " + NAME_MAX + " characters");
            }
        }

        private CborMap encode() {
            return CborMap.builder().put(ANCHOR, anchor.der()).put(NAME, name).build();
        }

        private static Association decode(CborMap map) throws CborException {
            map.checkOnly(Set.of(ANCHOR, NAME));
            byte[] der = map.bytes(ANCHOR, 1, RegisterAnswer.CERTIFICATE_SIZE_MAX);
            Certificate anchor = Fields.constructed(ANCHOR, () -> Certificate.parse(der));
            String name = map.text(NAME, NAME_MAX);
            return Fields.constructed(NAME, () -> new Association(anchor, name));
        }
    }

    /**
     * Where a server is, and how it is known.
     *
     * @param host a name or an address, at most 253 characters
     */
    public record Server(String host, int port, Association association) {
        private static final int HOST_MAX = 253; // RFC 1035 2.3.4, as text
        private static final Pattern HOST = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|[0-9A-Fa-f:.]+");
        private static final int PORT_MAX = 65_535;
        private static final long AT_HOST = 1;
        private static final long AT_PORT = 2;
        private static final long ASSOCIATION = 3;

        /** @throws IllegalArgumentException naming the part that is out of its range */
        public Server {
            if (host.length() > HOST_MAX || !HOST.matcher(host).matches()) {
                throw new IllegalArgumentException(
                        "host: wants a name or an address, at most " + HOST_MAX + " characters");
            }
            if (port < 1 || port > PORT_MAX) {
                throw new IllegalArgumentException("port: " + port + " is not 1 to " + PORT_MAX);
            }
        }

        private CborMap encode() {
            return CborMap.builder()
                    .put(AT_HOST, host)
                    .put(AT_PORT, port)
                    .put(ASSOCIATION, association.encode())
                    .build();
        }

        private static Server decode(CborMap map) throws CborException {
            map.checkOnly(Set.of(AT_HOST, AT_PORT, ASSOCIATION));
            String host = map.text(AT_HOST, HOST_MAX);
            int port = (int) map.integer(AT_PORT, 1, PORT_MAX);
            Association association = Association.decode(map.map(ASSOCIATION));
            return Fields.constructed(AT_HOST, () -> new Server(host, port, association));
        }

        @Override
        public String toString() {
            return "coaps://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
        }
    }

    /**
     * What the owner has entered.
     *
     * @param application the M2M application server: telemetry goes there
     * @param management the server that manages subscriptions; absent: the gateway that the device was made with
     * @param unknownManagement what a server that answers in place of {@code management} must show to be accepted; it is
     *     after a change of operator only. Absent: none is
     */
    public record Terms(Server application, Optional<Server> management, Optional<Association> unknownManagement) {
        /** @throws IllegalArgumentException if there is a rule for the place of nobody */
        public Terms {
            if (unknownManagement.isPresent() && management.isEmpty()) {
                throw new IllegalArgumentException(
                        "unknownManagement: wants a management server that it stands in for");
            }
        }

        /** By itself, as who has entered it keeps it. */
        public byte[] encode() {
            return into(CborMap.builder()).build().encode();
        }

        /** @throws CborException naming the field */
        public static Terms decode(byte[] terms) throws CborException {
            return read(Fields.decode(terms, TERMS));
        }

        private CborMap.Builder into(CborMap.Builder map) {
            map.put(APPLICATION, application.encode());
            management.ifPresent(server -> map.put(MANAGEMENT, server.encode()));
            unknownManagement.ifPresent(rule -> map.put(UNKNOWN_MANAGEMENT, rule.encode()));
            return map;
        }

        private static Terms read(Fields fields) throws CborException {
            Server application = Server.decode(fields.map().map(APPLICATION));
            Optional<Server> management = fields.has(MANAGEMENT)
                    ? Optional.of(Server.decode(fields.map().map(MANAGEMENT)))
                    : Optional.empty();
            Optional<Association> unknown = fields.has(UNKNOWN_MANAGEMENT)
                    ? Optional.of(Association.decode(fields.map().map(UNKNOWN_MANAGEMENT)))
                    : Optional.empty();
            return Fields.constructed(UNKNOWN_MANAGEMENT, () -> new Terms(application, management, unknown));
        }
    }

    /** @throws IllegalArgumentException if the number is not positive */
    public Activation {
        if (number < 1) {
            throw new IllegalArgumentException("activation: number " + number);
        }
    }

    /** One that is not a withdrawal. */
    public Activation(Ueid device, long number, Terms terms) {
        this(device, number, Optional.of(terms));
    }

    /**
     * The activation as it goes to the device.
     *
     * @param key the owner's
     * @param secret that came with the device
     */
    public Opaque sign(P256PrivateKey key, SecretBytes secret) {
        return OwnerSigned.sign(encode(), PURPOSE, device, key, secret);
    }

    /**
     * Reads an activation by the device's owner. Whether there was a newer one is for the caller.
     *
     * @param device who reads
     * @param secret that came with it
     * @throws ForgedException if it is not for this device, or not by its owner
     */
    public static Activation verify(byte[] activation, Ueid device, SecretBytes secret) throws ForgedException {
        byte[] claims = OwnerSigned.verify(activation, PURPOSE, device, secret);
        try {
            Activation read = decode(claims);
            if (!read.device().equals(device)) {
                throw new ForgedException("activation: it is for " + read.device());
            }
            return read;
        } catch (CborException malformed) {
            throw new ForgedException("activation: " + malformed.getMessage());
        }
    }

    /** What is signed, which is also how a device keeps it. */
    public byte[] encode() {
        CborMap.Builder map =
                CborMap.builder().put(DEVICE, device.value().bytes()).put(NUMBER, number);
        terms.ifPresent(it -> it.into(map));
        return map.build().encode();
    }

    /** @throws CborException naming the field */
    public static Activation decode(byte[] claims) throws CborException {
        Set<Long> known = new HashSet<>(TERMS);
        known.addAll(Set.of(DEVICE, NUMBER));
        Fields fields = Fields.decode(claims, known);
        byte[] device = fields.map().bytes(DEVICE, Ueid.LENGTH, Ueid.LENGTH);
        Ueid ueid = Fields.constructed(DEVICE, () -> new Ueid(Opaque.of(device)));
        long number = fields.map().integer(NUMBER, 1, Long.MAX_VALUE);
        Optional<Terms> terms =
                TERMS.stream().anyMatch(fields::has) ? Optional.of(Terms.read(fields)) : Optional.empty();
        return new Activation(ueid, number, terms);
    }
}
