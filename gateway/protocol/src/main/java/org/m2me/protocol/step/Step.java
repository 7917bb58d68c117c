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
import static org.m2me.protocol.step.Role.M2ME;
import static org.m2me.protocol.step.Role.N3G_ICP;
import static org.m2me.protocol.step.Role.PVA;
import static org.m2me.protocol.step.Role.SHO;
import static org.m2me.protocol.step.Role.VNO;

import java.time.Duration;

/**
 * Initial provisioning, in the specification's order, numbers and words (TR 33.812 5.1.3.7.1; over a non-3GPP provider
 * 5.2.5.6.2, where the {@code N3G_} steps stand in for steps 1 to 4).
 *
 * <p>A step is reported by the role that receives it, before it acts on it: so the order of reports is the order of
 * causes, whichever process each role runs in.
 */
public enum Step {
    ATTACH_WITH_PCID(1, M2ME, VNO, RETRY_LATER, "attaches to the network of any VNO and sends its PCID"),
    CONTACT_ICF(2, VNO, ICF, RETRY_LATER, "contacts the RO's ICF"),
    TRANSFER_VECTORS(3, ICF, VNO, RETRY_LATER, "transfers AVs for the claimed PCID"),
    PROVIDE_CONNECTIVITY(4, VNO, M2ME, RETRY_LATER, "authenticates the PCID and provides IP connectivity to the RO"),
    N3G_ACCESS(1, M2ME, N3G_ICP, RETRY_LATER, "accesses a N3G-ICP, without 3GPP authentication"),
    N3G_CONNECTIVITY(
            4, N3G_ICP, M2ME, RETRY_LATER, "provides a direct IP connection to the RO (DRF); no ICF is needed"),
    CONTACT_RO(5, M2ME, DRF, RETRY_LATER, "connects to the RO using that IP connectivity"),
    DISCOVER_SHO(6, DRF, DRF, GIVE_UP, "finds the correct SHO for the M2ME"),
    REGISTER_WITH_SHO(7, DRF, SHO, REPEAT_STEP, "connects to the SHO and registers the M2ME"),
    REQUEST_VALIDATION(8, SHO, PVA, REPEAT_STEP, "requests validation of authenticity and integrity"),
    VALIDATE(9, PVA, M2ME, REPEAT_STEP, "validates the authenticity and integrity of the M2ME"),
    REPORT_VALIDATION(10, PVA, SHO, REPEAT_STEP, "sends the validation results back and issues them to the IVF"),
    AUTHORIZE_PROVISIONING(11, SHO, DPF, REPEAT_STEP, "authorizes provisioning of the MCIM application"),
    DOWNLOAD_MCIM(12, DPF, M2ME, REPEAT_STEP, "downloads a MCIM object to the M2ME"),
    PROVISION_MCIM(13, M2ME, DPF, REPORT_AGAIN, "provisions the MCIM into the TRE and reports the status"),
    REPORT_STATUS(14, DPF, SHO, REPEAT_STEP, "reports the status of the provisioning back to the SHO");

    private final int number;
    private final Role from;
    private final Role to;
    private final OnFailure onFailure;
    private final String words;

    Step(int number, Role from, Role to, OnFailure onFailure, String words) {
        this.number = number;
        this.from = from;
        this.to = to;
        this.onFailure = onFailure;
        this.words = words;
    }

    /** The specification's number, 1 to 14. */
    public int number() {
        return number;
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
     * happens is {@link #onFailure}. The device holds steps 1 to 5 and its own answers in 9, 12 and 13 to this; what one
     * role owes another stays owed beyond it, and the SHO bounds the sum (steps 8 to 10, then 11 to 13).
     */
    public Duration limit() {
        // Radio steps include a modem's network search; the others are a few exchanges, repeated by their own retries.
        return number <= 4 ? Duration.ofSeconds(180) : Duration.ofSeconds(60);
    }
}
