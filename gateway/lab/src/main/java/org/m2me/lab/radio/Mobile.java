// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab.radio;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;
import org.m2me.hal.emulated.Radio;
import org.m2me.protocol.identity.Imsi;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.radio.Frames;
import org.m2me.protocol.radio.GmmCause;
import org.m2me.protocol.radio.MobileIdentity;
import org.m2me.protocol.radio.RadioCodec;
import org.m2me.protocol.radio.RadioMessage;
import org.m2me.protocol.radio.RoutingArea;

/**
 * The mobile's side of an attach (TS 24.008 4.7.3).
 *
 * @param imsi empty to ask for access without authentication, by the IMEI
 * @param imei 15 digits
 */
record Mobile(String imsi, String imei, Radio.Authenticator card) {
    /** A mobile that was nowhere before: deleted location (TS 23.003 4.4), in the test network. */
    private static final RoutingArea NOWHERE = new RoutingArea(new Plmn("001", "01"), 0xfffe, 0xff);

    private static final String SOFTWARE_VERSION = "01";
    private static final int IMEI_WITHOUT_CHECK_DIGIT = 14;

    /** Attaches. @throws Radio.Refused if the network says no, or the card does not accept it */
    void attach(InputStream in, OutputStream out) throws IOException {
        MobileIdentity identity = imsi.isEmpty() ? MobileIdentity.imei(imei) : MobileIdentity.imsi(new Imsi(imsi));
        Frames.write(out, new RadioMessage.AttachRequest(identity, NOWHERE).encode());
        while (true) {
            RadioMessage.Downlink said = RadioCodec.decodeDownlink(Frames.read(in));
            if (said instanceof RadioMessage.AttachAccept) {
                Frames.write(out, new RadioMessage.AttachComplete().encode());
                return;
            }
            Frames.write(out, answer(said).encode());
        }
    }

    private RadioMessage.Uplink answer(RadioMessage.Downlink said) throws IOException {
        if (said instanceof RadioMessage.AuthenticationRequest request) {
            return challenged(request);
        }
        if (said instanceof RadioMessage.IdentityRequest request) {
            return new RadioMessage.IdentityResponse(identity(request.wanted()));
        }
        if (said instanceof RadioMessage.AttachReject reject) {
            throw new Radio.Refused("attach rejected: cause " + reject.cause(), reject.cause());
        }
        if (said instanceof RadioMessage.AuthenticationReject) {
            throw new Radio.Refused("authentication rejected", GmmCause.ILLEGAL_MS.number());
        }
        throw new IOException("the network says " + said.getClass().getSimpleName() + " to an attach request");
    }

    private RadioMessage.Uplink challenged(RadioMessage.AuthenticationRequest request) {
        Radio.Answer answer =
                card.authenticate(request.rand().bytes(), request.autn().bytes());
        if (answer.auts().length > 0) {
            return new RadioMessage.AuthenticationFailure(
                    GmmCause.SYNCH_FAILURE.number(), Optional.of(Opaque.of(answer.auts())));
        }
        if (answer.res().length == 0) {
            return new RadioMessage.AuthenticationFailure(GmmCause.MAC_FAILURE.number(), Optional.empty());
        }
        Optional<MobileIdentity> imeisv =
                request.wantsImeisv() ? Optional.of(identity(MobileIdentity.Kind.IMEISV)) : Optional.empty();
        return new RadioMessage.AuthenticationResponse(request.reference(), Opaque.of(answer.res()), imeisv);
    }

    private MobileIdentity identity(MobileIdentity.Kind wanted) {
        return switch (wanted) {
            case IMSI -> imsi.isEmpty() ? MobileIdentity.imei(imei) : MobileIdentity.imsi(new Imsi(imsi));
            case IMEISV ->
                new MobileIdentity(
                        MobileIdentity.Kind.IMEISV, imei.substring(0, IMEI_WITHOUT_CHECK_DIGIT) + SOFTWARE_VERSION);
            case IMEI, TMSI -> MobileIdentity.imei(imei);
        };
    }
}
