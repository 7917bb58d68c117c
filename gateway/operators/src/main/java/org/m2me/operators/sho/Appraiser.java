// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.sho;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;
import org.m2me.operators.Sho;
import org.m2me.operators.Sho.FallBack;
import org.m2me.operators.sho.Registrations.Registration;
import org.m2me.protocol.crypto.ForgedException;
import org.m2me.protocol.crypto.P256PublicKey;
import org.m2me.protocol.evidence.AttestationResult;
import org.m2me.protocol.evidence.Authenticity;
import org.m2me.protocol.evidence.Authenticity.Vouched;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.message.DeviceState;
import org.m2me.protocol.message.ProvisioningReport;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.pki.Certificate;
import org.m2me.protocol.pki.CertificatePath;
import org.m2me.protocol.pki.CertificateRefused;
import org.m2me.protocol.pki.CertificateRefused.Reason;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides what a validation means for a registration. Two kinds of no: what the PVA did not sign for this device says
 * nothing, so it is refused and changes nothing; what it did sign and does not suffice ends the registration.
 */
final class Appraiser {
    /** Clocks of operators are kept by NTP; a minute is a fault of theirs. */
    private static final Duration CLOCK_SKEW = Duration.ofMinutes(1);

    private static final String PVA_NAME = "pva";

    private static final Logger LOG = LoggerFactory.getLogger(Appraiser.class);

    private final ShoSettings settings;
    private final Collection<Certificate> anchors;
    private final Clock clock;

    /**
     * What was decided.
     *
     * @param code OK, or why the registration ends
     * @param result present when OK
     * @param reason for the log
     */
    record Decision(ResultCode code, Optional<AttestationResult> result, String reason) {}

    Appraiser(ShoSettings settings, Collection<Certificate> anchors, Clock clock) {
        this.settings = settings;
        this.anchors = anchors;
        this.clock = clock;
    }

    /** @throws Refused FORBIDDEN if this is not the PVA's word about this device; UNAVAILABLE if our clock cannot tell */
    Decision decide(Sho.Validation validation, Registration registration) throws Refused {
        if (validation.code() != ResultCode.OK) {
            return new Decision(validation.code(), Optional.empty(), "the PVA says " + validation.code());
        }
        AttestationResult result = verified(validation);
        Instant now = clock.instant();
        if (!result.ueid().equals(registration.device())) {
            throw new Refused(
                    ResultCode.FORBIDDEN,
                    "validation of " + registration.device() + ": the result is about " + result.ueid());
        }
        if (!result.expires().isAfter(now)
                || !isFresh(result.issued(), registration, now)
                || result.nonce().isEmpty()) {
            return new Decision(
                    ResultCode.EVIDENCE_STALE,
                    Optional.empty(),
                    "result of " + result.issued() + " until " + result.expires() + " is not of this registration");
        }
        return settings.policy()
                .objection(result)
                .map(objection -> new Decision(ResultCode.POLICY, Optional.empty(), objection))
                .orElseGet(() -> new Decision(ResultCode.OK, Optional.of(result), "policy " + result.policyId()));
    }

    private AttestationResult verified(Sho.Validation validation) throws Refused {
        P256PublicKey key = pvaKey();
        byte[] signed = validation
                .result()
                .orElseThrow(() -> new Refused(ResultCode.MALFORMED, "validation: OK without a result"))
                .bytes();
        try {
            return AttestationResult.verify(signed, key);
        } catch (ForgedException forged) {
            throw new Refused(ResultCode.FORBIDDEN, "validation: " + forged.getMessage());
        }
    }

    /** @throws Refused UNAVAILABLE if our clock cannot tell; FORBIDDEN if nobody whom we trust has certified it */
    private P256PublicKey pvaKey() throws Refused {
        try {
            CertificatePath.verify(settings.pva(), anchors, clock.instant());
        } catch (CertificateRefused distrusted) {
            // By a clock that is wrong nothing is decided: the PVA comes again.
            ResultCode code =
                    distrusted.reason() == Reason.NOT_YET_VALID ? ResultCode.UNAVAILABLE : ResultCode.FORBIDDEN;
            throw new Refused(code, "validation: " + distrusted.getMessage());
        }
        if (!settings.pva().commonName().equals(PVA_NAME)) {
            throw new Refused(
                    ResultCode.FORBIDDEN, "validation: " + settings.pva().commonName() + " is no PVA");
        }
        return settings.pva().publicKey();
    }

    /** The PVA's word on devices' credentials, if it is the PVA's. @throws Refused like {@link #decide} */
    Optional<Authenticity> authenticity(Opaque word) throws Refused {
        try {
            return Optional.of(Authenticity.verify(word.bytes(), pvaKey()));
        } catch (ForgedException forged) {
            LOG.warn("authenticity: {}", forged.getMessage());
            return Optional.empty();
        }
    }

    /** What the word says of a device, if it is about this device and made for this registration. */
    Optional<Vouched> vouched(Authenticity word, Registration asked) {
        return word.about(asked.device(), asked.nonce())
                .filter(vouched -> isFresh(word.issued(), asked, clock.instant()));
    }

    private static boolean isFresh(Instant issued, Registration asked, Instant now) {
        return !issued.isAfter(now.plus(CLOCK_SKEW))
                && !issued.isBefore(asked.at().minus(CLOCK_SKEW));
    }

    /**
     * What a result that was kept is worth.
     *
     * @param result present if there is no objection
     * @param words for the log
     */
    record Kept(Optional<AttestationResult> result, Optional<FallBack> objection, String words) {
        private static Kept objected(FallBack why, String words) {
            return new Kept(Optional.empty(), Optional.of(why), words);
        }
    }

    /**
     * Whether a result that the IVF calls valid may be relied on for a registration: by what the PVA signed, and what the
     * device said of its state.
     *
     * @param vouched of the {@link #authenticity word} on this device at this time, so that the PVA's certificate was
     *     verified already
     * @param newest when the newest result was issued that was relied on for this device
     */
    Kept kept(Optional<Opaque> signed, Registration asked, Vouched vouched, Optional<Instant> newest) {
        AttestationResult result;
        try {
            result = AttestationResult.verify(
                    signed.map(Opaque::bytes).orElse(new byte[0]),
                    settings.pva().publicKey());
        } catch (ForgedException forged) {
            return Kept.objected(FallBack.FORGED, String.valueOf(forged.getMessage()));
        }
        Instant now = clock.instant();
        if (!result.ueid().equals(asked.device())) {
            return Kept.objected(FallBack.FORGED, "it is about " + result.ueid());
        }
        if (!result.expires().isAfter(now)
                || result.issued().isAfter(now.plus(CLOCK_SKEW))
                || newest.filter(result.issued()::isBefore).isPresent()) {
            return Kept.objected(
                    FallBack.STALE, "of " + result.issued() + " until " + result.expires() + ", newest " + newest);
        }
        if (!vouched.standsBy(result.issued())) {
            return Kept.objected(FallBack.WITHDRAWN, "of " + result.issued() + ", void until " + vouched.voidUntil());
        }
        if (!result.credential().equals(vouched.credential())) {
            return Kept.objected(FallBack.OTHER_CREDENTIAL, "the platform key is another one by now");
        }
        if (!isStateOf(result, asked)) {
            return Kept.objected(
                    FallBack.OTHER_STATE,
                    "generation " + result.storeGeneration() + ", firmware " + result.firmware() + ", the device says "
                            + asked.said());
        }
        return settings.policy()
                .objection(result)
                .map(objection -> Kept.objected(FallBack.POLICY, objection))
                .orElseGet(() -> new Kept(Optional.of(result), Optional.empty(), ""));
    }

    /** A device whose store is older than the result was put back; one that wrote much since then may have changed. */
    private boolean isStateOf(AttestationResult result, Registration asked) {
        DeviceState said = asked.said().orElseThrow();
        Optional<Long> writesMax = settings.ivf().orElseThrow().writesMax();
        long ahead = said.storeGeneration() - result.storeGeneration();
        return said.firmware().equals(result.firmware())
                && ahead >= 0
                && (writesMax.isEmpty() || ahead <= writesMax.get());
    }

    /** The DPF passes the device's word on; that it is the device's, the key that the PVA validated shows. */
    static ProvisioningReport verify(Sho.Outcome outcome, Registration asked) throws Refused {
        try {
            ProvisioningReport report = ProvisioningReport.verify(
                    outcome.report().bytes(), asked.credential().orElseThrow());
            if (!report.registration().equals(asked.nonce()) || report.code() != outcome.code()) {
                throw new Refused(
                        ResultCode.FORBIDDEN,
                        "outcome of " + asked.nonce() + ": the device reports " + report.code() + " of "
                                + report.registration());
            }
            return report;
        } catch (ForgedException forged) {
            throw new Refused(ResultCode.FORBIDDEN, "outcome of " + asked.nonce() + ": " + forged.getMessage());
        }
    }
}
