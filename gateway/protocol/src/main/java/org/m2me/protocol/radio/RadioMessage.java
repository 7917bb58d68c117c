// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.radio;

import java.net.Inet4Address;
import java.util.Arrays;
import java.util.Optional;
import org.m2me.protocol.identity.Opaque;

/**
 * Mobility and session management of GPRS as it goes over the air (TS 24.008 9.4, 9.5). Elements that carry no choice
 * here (quality of service, timers, capabilities) are written with fixed values, and read over.
 */
public sealed interface RadioMessage {
    /** Protocol discriminator and transaction, message type, elements. */
    byte[] encode();

    /** From the mobile. */
    sealed interface Uplink extends RadioMessage {}

    /** From the network. */
    sealed interface Downlink extends RadioMessage {}

    /**
     * 9.4.1.
     *
     * @param identity IMSI or PCID; an IMEI asks for access without authentication
     */
    record AttachRequest(MobileIdentity identity, RoutingArea lastArea) implements Uplink {
        @Override
        public byte[] encode() {
            Writer out = Gmm.start(Gmm.ATTACH_REQUEST)
                    .lengthAndValue(Gmm.NETWORK_CAPABILITY.bytes())
                    .octet(Gmm.GPRS_ATTACH_NO_KEY)
                    .sixteen(Gmm.DRX)
                    .lengthAndValue(identity.encode());
            lastArea.write(out);
            return out.lengthAndValue(Gmm.RADIO_CAPABILITY.bytes()).toBytes();
        }
    }

    /**
     * 9.4.2.
     *
     * @param ptmsi 32 bits
     */
    record AttachAccept(RoutingArea area, long ptmsi) implements Downlink {
        @Override
        public byte[] encode() {
            Writer out = Gmm.start(Gmm.ATTACH_ACCEPT)
                    .octet(Gmm.GPRS_ONLY_ATTACHED)
                    .octet(Gmm.TEN_MINUTES)
                    .octet(Gmm.RADIO_PRIORITIES);
            area.write(out);
            return out.octet(Gmm.READY_TIMER)
                    .octet(Gmm.FORTY_FOUR_SECONDS)
                    .octet(Gmm.PTMSI)
                    .lengthAndValue(MobileIdentity.tmsi(ptmsi).encode())
                    .toBytes();
        }
    }

    /** 9.4.3. */
    record AttachComplete() implements Uplink {
        @Override
        public byte[] encode() {
            return Gmm.start(Gmm.ATTACH_COMPLETE).toBytes();
        }
    }

    /**
     * 9.4.4.
     *
     * @param cause see {@link GmmCause}
     */
    record AttachReject(int cause) implements Downlink {
        @Override
        public byte[] encode() {
            return Gmm.start(Gmm.ATTACH_REJECT).octet(cause).toBytes();
        }
    }

    /**
     * 9.4.5.2.
     *
     * @param powerOff then no answer is expected
     */
    record DetachRequest(boolean powerOff, Optional<MobileIdentity> ptmsi) implements Uplink {
        @Override
        public byte[] encode() {
            Writer out =
                    Gmm.start(Gmm.DETACH_REQUEST).octet(powerOff ? Gmm.GPRS_DETACH | Gmm.POWER_OFF : Gmm.GPRS_DETACH);
            ptmsi.ifPresent(identity -> out.octet(Gmm.PTMSI).lengthAndValue(identity.encode()));
            return out.toBytes();
        }
    }

    /**
     * 9.4.5.1.
     *
     * @param cause see {@link GmmCause}
     */
    record NetworkDetach(boolean reattach, int cause) implements Downlink {
        @Override
        public byte[] encode() {
            return Gmm.start(Gmm.DETACH_REQUEST)
                    .octet(reattach ? Gmm.REATTACH : Gmm.DO_NOT_REATTACH)
                    .octet(Gmm.CAUSE)
                    .octet(cause)
                    .toBytes();
        }
    }

    /** 9.4.6.1: the network has let the mobile go. */
    record DetachAccept() implements Downlink {
        @Override
        public byte[] encode() {
            return Gmm.start(Gmm.DETACH_ACCEPT).octet(0).toBytes();
        }
    }

    /** 9.4.6.2: the mobile has understood that it is detached. */
    record NetworkDetachAccept() implements Uplink {
        @Override
        public byte[] encode() {
            return Gmm.start(Gmm.DETACH_ACCEPT).toBytes();
        }
    }

    /**
     * 9.4.9.
     *
     * @param reference 4 bits that the answer repeats
     * @param wantsImeisv with the answer
     */
    record AuthenticationRequest(int reference, boolean wantsImeisv, Opaque rand, Opaque autn) implements Downlink {
        @Override
        public byte[] encode() {
            return Gmm.start(Gmm.AUTHENTICATION_REQUEST)
                    .octet(wantsImeisv ? Gmm.IMEISV_WANTED : 0)
                    .octet(reference << 4)
                    .octet(Gmm.RAND)
                    .bytes(rand.bytes())
                    .octet(Gmm.KEY_SEQUENCE)
                    .octet(Gmm.AUTN)
                    .lengthAndValue(autn.bytes())
                    .toBytes();
        }
    }

    /**
     * 9.4.10.
     *
     * @param res 4 to 16 octets; no secret any more once it is said
     */
    record AuthenticationResponse(int reference, Opaque res, Optional<MobileIdentity> imeisv) implements Uplink {
        @Override
        public byte[] encode() {
            byte[] all = res.bytes();
            Writer out = Gmm.start(Gmm.AUTHENTICATION_RESPONSE).octet(reference).octet(Gmm.RES);
            out.bytes(Arrays.copyOf(all, Gmm.RES_FIRST));
            imeisv.ifPresent(identity -> out.octet(Gmm.IMEISV).lengthAndValue(identity.encode()));
            if (all.length > Gmm.RES_FIRST) {
                out.octet(Gmm.RES_REST);
                out.lengthAndValue(Arrays.copyOfRange(all, Gmm.RES_FIRST, all.length));
            }
            return out.toBytes();
        }

        @Override
        public String toString() {
            return "AuthenticationResponse[RES of " + res.length() + "]";
        }
    }

    /**
     * 9.4.10a.
     *
     * @param auts with the synch failure cause 21: 14 octets; empty with the MAC failure cause 20
     */
    record AuthenticationFailure(int cause, Optional<Opaque> auts) implements Uplink {
        @Override
        public byte[] encode() {
            Writer out = Gmm.start(Gmm.AUTHENTICATION_FAILURE).octet(cause);
            auts.ifPresent(value -> out.octet(Gmm.AUTS).lengthAndValue(value.bytes()));
            return out.toBytes();
        }
    }

    /** 9.4.11: the mobile is not who it says. */
    record AuthenticationReject() implements Downlink {
        @Override
        public byte[] encode() {
            return Gmm.start(Gmm.AUTHENTICATION_REJECT).toBytes();
        }
    }

    /** 9.4.12. */
    record IdentityRequest(MobileIdentity.Kind wanted) implements Downlink {
        @Override
        public byte[] encode() {
            return Gmm.start(Gmm.IDENTITY_REQUEST).octet(wanted.number()).toBytes();
        }
    }

    /** 9.4.13. */
    record IdentityResponse(MobileIdentity identity) implements Uplink {
        @Override
        public byte[] encode() {
            return Gmm.start(Gmm.IDENTITY_RESPONSE)
                    .lengthAndValue(identity.encode())
                    .toBytes();
        }
    }

    /**
     * 9.5.1.
     *
     * @param transaction 0 to 6, names the session from now on
     * @param tunnel where the mobile takes packets
     */
    record ActivateRequest(int transaction, Apn apn, TunnelEndpoint tunnel) implements Uplink {
        @Override
        public byte[] encode() {
            return Sm.fromMobile(transaction, Sm.ACTIVATE_REQUEST)
                    .octet(Sm.FIRST_NSAPI + transaction)
                    .octet(Sm.LLC_SAPI)
                    .lengthAndValue(Sm.QOS_SUBSCRIBED.bytes())
                    .lengthAndValue(Sm.IPV4.bytes())
                    .octet(Sm.APN)
                    .lengthAndValue(apn.encode())
                    .octet(Sm.OPTIONS)
                    .lengthAndValue(tunnel.toOptions())
                    .toBytes();
        }
    }

    /**
     * 9.5.2.
     *
     * @param tunnel where the network takes packets
     */
    record ActivateAccept(int transaction, Inet4Address address, TunnelEndpoint tunnel) implements Downlink {
        @Override
        public byte[] encode() {
            return Sm.fromNetwork(transaction, Sm.ACTIVATE_ACCEPT)
                    .octet(Sm.LLC_SAPI)
                    .lengthAndValue(Sm.QOS_BEST_EFFORT.bytes())
                    .octet(Sm.RADIO_PRIORITY)
                    .octet(Sm.ADDRESS)
                    .octet(Sm.IPV4.length() + 4)
                    .bytes(Sm.IPV4.bytes())
                    .bytes(address.getAddress())
                    .octet(Sm.OPTIONS)
                    .lengthAndValue(tunnel.toOptions())
                    .toBytes();
        }
    }

    /**
     * 9.5.3.
     *
     * @param cause see {@link SmCause}
     */
    record ActivateReject(int transaction, int cause) implements Downlink {
        @Override
        public byte[] encode() {
            return Sm.fromNetwork(transaction, Sm.ACTIVATE_REJECT).octet(cause).toBytes();
        }
    }

    /** 9.5.8, by the mobile. */
    record DeactivateRequest(int transaction, int cause) implements Uplink {
        @Override
        public byte[] encode() {
            return Sm.fromMobile(transaction, Sm.DEACTIVATE_REQUEST)
                    .octet(cause)
                    .toBytes();
        }
    }

    /** 9.5.8, by the network. */
    record NetworkDeactivate(int transaction, int cause) implements Downlink {
        @Override
        public byte[] encode() {
            return Sm.fromNetwork(transaction, Sm.DEACTIVATE_REQUEST)
                    .octet(cause)
                    .toBytes();
        }
    }

    /** 9.5.9, by the network. */
    record DeactivateAccept(int transaction) implements Downlink {
        @Override
        public byte[] encode() {
            return Sm.fromNetwork(transaction, Sm.DEACTIVATE_ACCEPT).toBytes();
        }
    }

    /** 9.5.9, by the mobile. */
    record NetworkDeactivateAccept(int transaction) implements Uplink {
        @Override
        public byte[] encode() {
            return Sm.fromMobile(transaction, Sm.DEACTIVATE_ACCEPT).toBytes();
        }
    }
}
