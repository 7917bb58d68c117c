// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.step;

import static org.m2me.protocol.step.OnFailure.GIVE_UP;
import static org.m2me.protocol.step.OnFailure.REPEAT_STEP;
import static org.m2me.protocol.step.OnFailure.REPORT_AGAIN;
import static org.m2me.protocol.step.OnFailure.RETRY_LATER;
import static org.m2me.protocol.step.Role.DPF;
import static org.m2me.protocol.step.Role.DRF;
import static org.m2me.protocol.step.Role.ICF;
import static org.m2me.protocol.step.Role.IVF;
import static org.m2me.protocol.step.Role.M2ME;
import static org.m2me.protocol.step.Role.N3G_ICP;
import static org.m2me.protocol.step.Role.OLD_SHO;
import static org.m2me.protocol.step.Role.PVA;
import static org.m2me.protocol.step.Role.SHO;
import static org.m2me.protocol.step.Role.SUBSCRIBER;
import static org.m2me.protocol.step.Role.VNO;

import java.time.Duration;

/**
 * What parties do in the procedures, in the order in which they come. Which number a step has is for the
 * {@link Procedure}: the three share most of their steps.
 *
 * <p>A step is reported by the role that receives it, before it acts on it: so the order of reports is the order of
 * causes, whichever process each role runs in. What the device does by itself is reported by who hears of it first.
 */
public enum Step {
    HAND_OVER_PARAMETERS(SUBSCRIBER, SHO, RETRY_LATER, "contacts the SHO and transfers the M2ME's parameters"),
    INSTRUCT(SUBSCRIBER, M2ME, RETRY_LATER, "instructs the M2ME to perform a re-provisioning"),
    REMOVE_MCIM(M2ME, M2ME, REPEAT_STEP, "removes the old SHO's MCIM and returns to the pristine state"),
    ATTACH_WITH_PCID(M2ME, VNO, RETRY_LATER, "attaches to the network of any VNO and sends its PCID"),
    CONTACT_ICF(VNO, ICF, RETRY_LATER, "contacts the RO's ICF"),
    TRANSFER_VECTORS(ICF, VNO, RETRY_LATER, "transfers AVs for the claimed PCID"),
    PROVIDE_CONNECTIVITY(VNO, M2ME, RETRY_LATER, "authenticates the PCID and provides IP connectivity to the RO"),
    N3G_ACCESS(M2ME, N3G_ICP, RETRY_LATER, "accesses a N3G-ICP, without 3GPP authentication"),
    N3G_CONNECTIVITY(N3G_ICP, M2ME, RETRY_LATER, "provides a direct IP connection to the RO (DRF); no ICF is needed"),
    CONTACT_RO(M2ME, DRF, RETRY_LATER, "connects to the RO using that IP connectivity"),
    DISCOVER_SHO(DRF, DRF, GIVE_UP, "finds the correct SHO for the M2ME"),
    REGISTER_WITH_SHO(DRF, SHO, REPEAT_STEP, "connects to the SHO and registers the M2ME"),
    REQUEST_AUTHENTICITY(SHO, PVA, REPEAT_STEP, "requests validation of authenticity, and inquires the IVF"),
    ANSWER_INQUIRY(IVF, SHO, REPEAT_STEP, "provides the integrity validation result, if there is one"),
    REQUEST_VALIDATION(SHO, PVA, REPEAT_STEP, "requests validation of authenticity and integrity"),
    VALIDATE(PVA, M2ME, REPEAT_STEP, "validates the authenticity and integrity of the M2ME"),
    REPORT_VALIDATION(PVA, SHO, REPEAT_STEP, "sends the validation results back and issues them to the IVF"),
    AUTHORIZE_PROVISIONING(SHO, DPF, REPEAT_STEP, "authorizes provisioning of the MCIM application"),
    DOWNLOAD_MCIM(DPF, M2ME, REPEAT_STEP, "downloads a MCIM object to the M2ME"),
    DISCARD_OLD(M2ME, M2ME, REPORT_AGAIN, "discards the AVs and credentials of the old SHO"),
    REPORT_DISCARD(M2ME, OLD_SHO, REPORT_AGAIN, "tells the old SHO that they are discarded"),
    ACKNOWLEDGE_DISCARD(OLD_SHO, M2ME, REPORT_AGAIN, "acknowledges the receipt of that message"),
    RELAY_ACKNOWLEDGEMENT(M2ME, DPF, REPORT_AGAIN, "sends the acknowledgement, which is relayed to the new SHO"),
    PROVISION_MCIM(M2ME, DPF, REPORT_AGAIN, "provisions the MCIM into the TRE and reports the status"),
    REPORT_STATUS(DPF, SHO, REPEAT_STEP, "reports the status of the provisioning back to the SHO"),
    REGISTER_SUBSCRIPTION(SHO, DRF, REPEAT_STEP, "registers the M2ME as subscribing to it, for later discovery");

    private final Role from;
    private final Role to;
    private final OnFailure onFailure;
    private final String words;

    Step(Role from, Role to, OnFailure onFailure, String words) {
        this.from = from;
        this.to = to;
        this.onFailure = onFailure;
        this.words = words;
    }

    /** Who starts the step. */
    public Role from() {
        return from;
    }

    /** Who is reached by it. */
    public Role to() {
        return to;
    }

    /** What a failure of this step leaves to be done. */
    public OnFailure onFailure() {
        return onFailure;
    }

    /** The specification's words, shortened to a line. */
    public String words() {
        return words;
    }

    /**
     * How long the step may take, retries on the way included, before who waits for it counts it as failed. What then
     * happens is {@link #onFailure}. The device holds its own steps to this; what one role owes another stays owed
     * beyond it, and the SHO bounds the sum.
     */
    public Duration limit() {
        return switch (this) {
            // A modem's network search.
            case ATTACH_WITH_PCID, CONTACT_ICF, TRANSFER_VECTORS, PROVIDE_CONNECTIVITY, N3G_ACCESS, N3G_CONNECTIVITY ->
                Duration.ofMinutes(3);
            default -> Duration.ofMinutes(1); // a few exchanges, repeated by their own retries
        };
    }
}
