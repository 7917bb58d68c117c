// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.sho;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;
import org.m2me.operators.Sho;
import org.m2me.operators.sho.Registrations.Registration;
import org.m2me.protocol.crypto.ForgedException;
import org.m2me.protocol.evidence.AttestationResult;
import org.m2me.protocol.message.ProvisioningReport;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.pki.Certificate;
import org.m2me.protocol.pki.CertificatePath;
import org.m2me.protocol.pki.CertificateRefused;
import org.m2me.protocol.pki.CertificateRefused.Reason;

/**
 * Decides what a validation means for a registration. Two kinds of no: what the PVA did not sign for this device says
 * nothing, so it is refused and changes nothing; what it did sign and does not suffice ends the registration.
 */
final class Appraiser {
    /** Clocks of operators are kept by NTP; a minute is a fault of theirs. */
    private static final Duration CLOCK_SKEW = Duration.ofMinutes(1);

    private static final String PVA_NAME = "pva";

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
                || result.issued().isAfter(now.plus(CLOCK_SKEW))
                || result.issued().isBefore(registration.at().minus(CLOCK_SKEW))
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
        try {
            CertificatePath.verify(settings.pva(), anchors, clock.instant());
            if (!settings.pva().commonName().equals(PVA_NAME)) {
                throw new Refused(
                        ResultCode.FORBIDDEN, "validation: " + settings.pva().commonName() + " is no PVA");
            }
            byte[] signed = validation
                    .result()
                    .orElseThrow(() -> new Refused(ResultCode.MALFORMED, "validation: OK without a result"))
                    .bytes();
            return AttestationResult.verify(signed, settings.pva().publicKey());
        } catch (CertificateRefused distrusted) {
            // By a clock that is wrong nothing is decided: the PVA comes again.
            ResultCode code =
                    distrusted.reason() == Reason.NOT_YET_VALID ? ResultCode.UNAVAILABLE : ResultCode.FORBIDDEN;
            throw new Refused(code, "validation: " + distrusted.getMessage());
        } catch (ForgedException forged) {
            throw new Refused(ResultCode.FORBIDDEN, "validation: " + forged.getMessage());
        }
    }

    /** The DPF passes the device's word on; that it is the device's, the key that the PVA validated shows. */
    static void verify(Sho.Outcome outcome, Registration asked) throws Refused {
        try {
            ProvisioningReport report = ProvisioningReport.verify(
                    outcome.report().bytes(), asked.credential().orElseThrow());
            if (!report.registration().equals(asked.nonce()) || report.code() != outcome.code()) {
                throw new Refused(
                        ResultCode.FORBIDDEN,
                        "outcome of " + asked.nonce() + ": the device reports " + report.code() + " of "
                                + report.registration());
            }
        } catch (ForgedException forged) {
            throw new Refused(ResultCode.FORBIDDEN, "outcome of " + asked.nonce() + ": " + forged.getMessage());
        }
    }
}
