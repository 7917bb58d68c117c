// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.radio;

import java.net.Inet4Address;
import java.util.Map;
import java.util.Optional;
import org.m2me.protocol.identity.Opaque;

/** Reads messages of either direction. What is not exactly one of them is a {@link MalformedException}. */
public final class RadioCodec {
    private static final Map<Integer, Integer> NONE = Map.of();
    private static final int RAND_LENGTH = 16;
    private static final int AUTN_LENGTH = 16;
    private static final int AUTS_LENGTH = 14;
    private static final int RES_REST_MAX = 12; // RES has at most 16 octets

    private RadioCodec() {}

    /** From the mobile. */
    public static RadioMessage.Uplink decodeUplink(byte[] frame) throws MalformedException {
        Octets in = new Octets("uplink", frame, 0);
        int protocol = in.octet("protocol");
        int type = in.octet("message type");
        if (protocol == Gmm.PROTOCOL) {
            return uplinkMobility(type, in);
        }
        return uplinkSession(transaction(protocol, 0, in), type, in);
    }

    /** From the network. */
    public static RadioMessage.Downlink decodeDownlink(byte[] frame) throws MalformedException {
        Octets in = new Octets("downlink", frame, 0);
        int protocol = in.octet("protocol");
        int type = in.octet("message type");
        if (protocol == Gmm.PROTOCOL) {
            return downlinkMobility(type, in);
        }
        return downlinkSession(transaction(protocol, Sm.FROM_NETWORK, in), type, in);
    }

    private static int transaction(int first, int flag, Octets in) throws MalformedException {
        int transaction = first >> 4 & 7;
        if ((first & 15) != Sm.PROTOCOL || (first & Sm.FROM_NETWORK) != flag || transaction > Sm.TRANSACTION_MAX) {
            throw in.fault("protocol", "octet " + Integer.toHexString(first) + " is of none that is spoken here");
        }
        return transaction;
    }

    private static RadioMessage.Uplink uplinkMobility(int type, Octets in) throws MalformedException {
        return switch (type) {
            case Gmm.ATTACH_REQUEST -> attachRequest(in);
            case Gmm.ATTACH_COMPLETE -> {
                in.options(NONE);
                yield new RadioMessage.AttachComplete();
            }
            case Gmm.DETACH_REQUEST -> detachRequest(in);
            case Gmm.DETACH_ACCEPT -> {
                in.end();
                yield new RadioMessage.NetworkDetachAccept();
            }
            case Gmm.AUTHENTICATION_RESPONSE -> authenticationResponse(in);
            case Gmm.AUTHENTICATION_FAILURE -> authenticationFailure(in);
            case Gmm.IDENTITY_RESPONSE -> {
                MobileIdentity identity = MobileIdentity.read(in);
                in.end();
                yield new RadioMessage.IdentityResponse(identity);
            }
            default -> throw unknown(type, in);
        };
    }

    private static RadioMessage.Downlink downlinkMobility(int type, Octets in) throws MalformedException {
        return switch (type) {
            case Gmm.ATTACH_ACCEPT -> attachAccept(in);
            case Gmm.ATTACH_REJECT -> {
                int cause = in.octet("cause");
                in.options(NONE);
                yield new RadioMessage.AttachReject(cause);
            }
            case Gmm.DETACH_REQUEST -> networkDetach(in);
            case Gmm.DETACH_ACCEPT -> {
                in.octet("force to standby");
                in.end();
                yield new RadioMessage.DetachAccept();
            }
            case Gmm.AUTHENTICATION_REQUEST -> authenticationRequest(in);
            case Gmm.AUTHENTICATION_REJECT -> {
                in.end();
                yield new RadioMessage.AuthenticationReject();
            }
            case Gmm.IDENTITY_REQUEST -> identityRequest(in);
            default -> throw unknown(type, in);
        };
    }

    private static RadioMessage.Uplink uplinkSession(int transaction, int type, Octets in) throws MalformedException {
        return switch (type) {
            case Sm.ACTIVATE_REQUEST -> activateRequest(transaction, in);
            case Sm.DEACTIVATE_REQUEST -> {
                int cause = in.octet("cause");
                in.options(NONE);
                yield new RadioMessage.DeactivateRequest(transaction, cause);
            }
            case Sm.DEACTIVATE_ACCEPT -> {
                in.options(NONE);
                yield new RadioMessage.NetworkDeactivateAccept(transaction);
            }
            default -> throw unknown(type, in);
        };
    }

    private static RadioMessage.Downlink downlinkSession(int transaction, int type, Octets in)
            throws MalformedException {
        return switch (type) {
            case Sm.ACTIVATE_ACCEPT -> activateAccept(transaction, in);
            case Sm.ACTIVATE_REJECT -> {
                int refusal = in.octet("cause");
                in.options(NONE);
                yield new RadioMessage.ActivateReject(transaction, refusal);
            }
            case Sm.DEACTIVATE_REQUEST -> {
                int cause = in.octet("cause");
                in.options(NONE);
                yield new RadioMessage.NetworkDeactivate(transaction, cause);
            }
            case Sm.DEACTIVATE_ACCEPT -> {
                in.options(NONE);
                yield new RadioMessage.DeactivateAccept(transaction);
            }
            default -> throw unknown(type, in);
        };
    }

    private static RadioMessage.AttachRequest attachRequest(Octets in) throws MalformedException {
        in.lengthAndValue("network capability", 1, 8);
        if ((in.octet("attach type") & 7) != (Gmm.GPRS_ATTACH_NO_KEY & 7)) {
            throw in.fault("attach type", "is not a GPRS attach");
        }
        in.sixteen("DRX");
        MobileIdentity identity = MobileIdentity.read(in);
        RoutingArea lastArea = RoutingArea.read(in);
        in.lengthAndValue("radio capability", 1, 52);
        in.options(Map.of(0x19, 3, Gmm.READY_TIMER, 1));
        return new RadioMessage.AttachRequest(identity, lastArea);
    }

    private static RadioMessage.AttachAccept attachAccept(Octets in) throws MalformedException {
        in.octet("attach result");
        in.octet("update timer");
        in.octet("radio priorities");
        RoutingArea area = RoutingArea.read(in);
        Map<Integer, byte[]> options = in.options(Map.of(0x19, 3, Gmm.READY_TIMER, 1, Gmm.CAUSE, 1));
        MobileIdentity ptmsi = MobileIdentity.of(wanted(options, Gmm.PTMSI, "P-TMSI", in), in);
        if (ptmsi.kind() != MobileIdentity.Kind.TMSI) {
            throw in.fault("P-TMSI", "is an " + ptmsi.kind());
        }
        return new RadioMessage.AttachAccept(area, ptmsi.tmsi());
    }

    private static RadioMessage.DetachRequest detachRequest(Octets in) throws MalformedException {
        int type = in.octet("detach type");
        byte[] ptmsi = in.options(NONE).get(Gmm.PTMSI);
        boolean powerOff = (type & Gmm.POWER_OFF) != 0;
        return new RadioMessage.DetachRequest(
                powerOff, ptmsi == null ? Optional.empty() : Optional.of(MobileIdentity.of(ptmsi, in)));
    }

    private static RadioMessage.NetworkDetach networkDetach(Octets in) throws MalformedException {
        int type = in.octet("detach type") & 7;
        byte[] cause = in.options(Map.of(Gmm.CAUSE, 1)).get(Gmm.CAUSE);
        return new RadioMessage.NetworkDetach(
                type == Gmm.REATTACH, cause == null ? GmmCause.IMPLICITLY_DETACHED.number() : cause[0] & 0xff);
    }

    private static RadioMessage.AuthenticationRequest authenticationRequest(Octets in) throws MalformedException {
        boolean wantsImeisv = (in.octet("algorithm") & Gmm.IMEISV_WANTED) != 0;
        int reference = in.octet("reference") >> 4;
        Map<Integer, byte[]> options = in.options(Map.of(Gmm.RAND, RAND_LENGTH));
        byte[] rand = wanted(options, Gmm.RAND, "RAND", in);
        byte[] autn = sized(wanted(options, Gmm.AUTN, "AUTN", in), AUTN_LENGTH, "AUTN", in);
        return new RadioMessage.AuthenticationRequest(reference, wantsImeisv, Opaque.of(rand), Opaque.of(autn));
    }

    private static RadioMessage.AuthenticationResponse authenticationResponse(Octets in) throws MalformedException {
        int reference = in.octet("reference") & 15;
        Map<Integer, byte[]> options = in.options(Map.of(Gmm.RES, Gmm.RES_FIRST));
        byte[] first = wanted(options, Gmm.RES, "RES", in);
        byte[] rest = options.getOrDefault(Gmm.RES_REST, new byte[0]);
        if (rest.length > RES_REST_MAX) {
            throw in.fault("RES", "has more than 16 octets");
        }
        byte[] imeisv = options.get(Gmm.IMEISV);
        return new RadioMessage.AuthenticationResponse(
                reference,
                Opaque.of(new Writer().bytes(first).bytes(rest).toBytes()),
                imeisv == null ? Optional.empty() : Optional.of(MobileIdentity.of(imeisv, in)));
    }

    private static RadioMessage.AuthenticationFailure authenticationFailure(Octets in) throws MalformedException {
        int cause = in.octet("cause");
        byte[] auts = in.options(NONE).get(Gmm.AUTS);
        if (cause != GmmCause.SYNCH_FAILURE.number()) {
            return new RadioMessage.AuthenticationFailure(cause, Optional.empty());
        }
        if (auts == null) {
            throw in.fault("AUTS", "is missing");
        }
        return new RadioMessage.AuthenticationFailure(
                cause, Optional.of(Opaque.of(sized(auts, AUTS_LENGTH, "AUTS", in))));
    }

    private static RadioMessage.IdentityRequest identityRequest(Octets in) throws MalformedException {
        int number = in.octet("identity type") & 7;
        in.end();
        Optional<MobileIdentity.Kind> kind = MobileIdentity.Kind.of(number);
        if (kind.isEmpty()) {
            throw in.fault("identity type", number + " is not known");
        }
        return new RadioMessage.IdentityRequest(kind.get());
    }

    private static RadioMessage.ActivateRequest activateRequest(int transaction, Octets in) throws MalformedException {
        if (in.octet("NSAPI") != Sm.FIRST_NSAPI + transaction) {
            throw in.fault("NSAPI", "does not go with the transaction: they count from 5 and 0");
        }
        in.octet("LLC SAPI");
        in.lengthAndValue("quality of service", 3, 20);
        byte[] address = in.lengthAndValue("address", 2, 18);
        if (!Opaque.of(address).equals(Sm.IPV4)) {
            throw in.fault("address", "is not a dynamic IPv4 address");
        }
        Map<Integer, byte[]> options = in.options(NONE);
        Apn apn = Apn.decode(wanted(options, Sm.APN, "APN", in), in);
        return new RadioMessage.ActivateRequest(transaction, apn, tunnel(options, in));
    }

    private static RadioMessage.ActivateAccept activateAccept(int transaction, Octets in) throws MalformedException {
        in.octet("LLC SAPI");
        in.lengthAndValue("quality of service", 3, 20);
        in.octet("radio priority");
        Map<Integer, byte[]> options = in.options(NONE);
        Octets address = new Octets("address", sized(wanted(options, Sm.ADDRESS, "address", in), 6, "address", in), 0);
        if (!Opaque.of(address.take(2, "type")).equals(Sm.IPV4)) {
            throw in.fault("address", "is not IPv4");
        }
        Inet4Address assigned = Ipv4Packet.address(address.take(4, "IPv4"), 0);
        return new RadioMessage.ActivateAccept(transaction, assigned, tunnel(options, in));
    }

    private static TunnelEndpoint tunnel(Map<Integer, byte[]> options, Octets in) throws MalformedException {
        Optional<TunnelEndpoint> tunnel =
                TunnelEndpoint.fromOptions(wanted(options, Sm.OPTIONS, "configuration options", in));
        if (tunnel.isEmpty()) {
            throw in.fault("configuration options", "do not say where the user plane is");
        }
        return tunnel.get();
    }

    private static byte[] wanted(Map<Integer, byte[]> options, int identifier, String element, Octets in)
            throws MalformedException {
        byte[] value = options.get(identifier);
        if (value == null) {
            throw in.fault(element, "is missing");
        }
        return value;
    }

    private static byte[] sized(byte[] value, int length, String element, Octets in) throws MalformedException {
        if (value.length != length) {
            throw in.fault(element, "has " + value.length + " octets, wants " + length);
        }
        return value;
    }

    private static MalformedException unknown(int type, Octets in) {
        return in.fault("message type", Integer.toHexString(type) + " is not spoken here");
    }
}
