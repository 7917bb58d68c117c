// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.access;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.m2me.operators.AuthenticationCentre;
import org.m2me.operators.AuthenticationCentre.Resynchronisation;
import org.m2me.operators.AuthenticationCentre.VectorRequest;
import org.m2me.protocol.aka.AuthenticationVector;
import org.m2me.protocol.identity.Imsi;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.radio.GmmCause;
import org.m2me.protocol.radio.RadioMessage;
import org.m2me.protocol.step.Step;

/** AKA with one device (TS 33.102 6.3): vectors from its home, one challenge, after a resynchronisation one more. */
final class Authentication {
    /** For this challenge: vectors kept for later would be secrets kept for later. */
    private static final int VECTORS = 1;

    private final RadioLink link;
    private final PcidSteps steps;
    private final String servingNode;
    private int reference;

    Authentication(RadioLink link, PcidSteps steps, String servingNode) {
        this.link = link;
        this.steps = steps;
        this.servingNode = servingNode;
    }

    /** Returns when the device is who it says. */
    void authenticate(Imsi imsi, AuthenticationCentre home) throws AttachRefused, IOException {
        steps.take(
                Step.CONTACT_ICF,
                ResultCode.OK,
                "asks for vectors",
                imsi.digits().length() + servingNode.length(),
                0);
        Optional<Resynchronisation> auts = challenge(vector(home, imsi, Optional.empty()));
        if (auts.isPresent() && challenge(vector(home, imsi, auts)).isPresent()) {
            throw AttachRefused.notAuthenticated("its card wants to resynchronise twice");
        }
    }

    private AuthenticationVector vector(AuthenticationCentre home, Imsi imsi, Optional<Resynchronisation> auts)
            throws AttachRefused {
        List<AuthenticationVector> vectors;
        try {
            vectors = home.vectors(new VectorRequest(imsi, servingNode, VECTORS, auts, false));
        } catch (Refused refused) {
            throw refused(refused);
        } catch (RuntimeException unavailable) {
            throw new AttachRefused(
                    GmmCause.NETWORK_FAILURE, ResultCode.UNAVAILABLE, "no vectors from home: " + unavailable);
        }
        if (vectors.isEmpty()) {
            throw new AttachRefused(GmmCause.NETWORK_FAILURE, ResultCode.INTERNAL, "home sent no vector");
        }
        vectors.stream().skip(1).forEach(AuthenticationVector::close);
        steps.take(Step.TRANSFER_VECTORS, ResultCode.OK, "1 vector", size(vectors.get(0)), 0);
        return vectors.get(0);
    }

    private static AttachRefused refused(Refused refused) {
        String detail = "home refuses: " + refused;
        return switch (refused.code()) {
            case PCID_UNKNOWN, UNKNOWN_DEVICE, NOT_FOUND ->
                new AttachRefused(GmmCause.IMSI_UNKNOWN, refused.code(), detail);
            case AUTHENTICATION_FAILED -> AttachRefused.notAuthenticated(detail);
            case PCID_NOT_ACTIVE, QUOTA, NO_CONTRACT, NOT_AUTHORIZED, FORBIDDEN ->
                new AttachRefused(GmmCause.GPRS_NOT_ALLOWED, refused.code(), detail);
            default -> new AttachRefused(GmmCause.NETWORK_FAILURE, refused.code(), detail);
        };
    }

    private static int size(AuthenticationVector vector) {
        return vector.rand().length
                + vector.autn().length
                + vector.xres().length()
                + vector.ck().length()
                + vector.ik().length();
    }

    /** Returns nothing when RES is right, or what the home needs for another vector. */
    private Optional<Resynchronisation> challenge(AuthenticationVector vector) throws AttachRefused, IOException {
        try (vector) {
            Opaque rand = Opaque.of(vector.rand());
            reference = (reference + 1) & 15;
            link.say(new RadioMessage.AuthenticationRequest(reference, false, rand, Opaque.of(vector.autn())));
            RadioMessage.Uplink answer = link.hear();
            if (answer instanceof RadioMessage.AuthenticationResponse response && response.reference() == reference) {
                if (!vector.xres().sameAs(response.res().bytes())) {
                    throw AttachRefused.notAuthenticated("its RES is wrong");
                }
                return Optional.empty();
            }
            if (answer instanceof RadioMessage.AuthenticationFailure failure
                    && failure.auts().isPresent()) {
                return Optional.of(new Resynchronisation(rand, failure.auts().get()));
            }
            String said = answer instanceof RadioMessage.AuthenticationFailure failure
                    ? "its card does not accept the network: cause " + failure.cause()
                    : "it does not answer the challenge";
            throw AttachRefused.notAuthenticated(said);
        }
    }
}
