// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.m2me.protocol.evidence.MeasuredComponent;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.DeviceState;
import org.m2me.protocol.message.Refused;

/**
 * Integrity Validation Function (TR 33.812 5.1.3.6.8 and 5.1.3.8.4.2): keeps the results that the PVA issues, and answers
 * whether one may be relied on. It can sit on the PVA, on an operator or alone. Who asks checks the PVA's signature
 * himself, so that an IVF that lies can only refuse.
 */
public interface Ivf {
    /** Devices in one inquiry: an answer of this many is about 8 MB. */
    int DEVICES_MAX = 10_000;

    /**
     * What the PVA issues.
     *
     * @param result EAR in COSE_Sign1; the newest of a device and policy is kept
     * @param components that were compared and found equal
     * @param firmware of all that was measured, {@link MeasuredComponent#firmware}
     */
    record Publication(Opaque result, List<MeasuredComponent> components, Opaque firmware) {}

    /** What makes results void: exactly one of these is present. */
    record Withdrawal(
            Optional<Ueid> device,
            Optional<Opaque> credential,
            Optional<String> referenceSet,
            Optional<Opaque> digest,
            Optional<NamedVersion> component) {}

    /** A component by name and version. */
    record NamedVersion(String name, String version) {}

    /**
     * What an operator wants to know.
     *
     * @param operator who asks: it is answered about devices whose owner has permitted it
     * @param policyId by which the result must have been made
     * @param components that it must cover
     * @param writesMax by how much a device's store generation may be ahead of the result; absent for any number
     * @param devices at most {@link #DEVICES_MAX}
     */
    record Inquiry(
            @OfCaller Plmn operator,
            String policyId,
            Set<String> components,
            OptionalLong writesMax,
            List<Asked> devices) {}

    /** One device. @param state as it says it is, if that is known */
    record Asked(Ueid device, Optional<DeviceState> state) {}

    /** Whether there is a result to rely on. */
    enum Standing {
        VALID,
        /** The device's owner has not permitted the one who asks. */
        NOT_PERMITTED,
        NEVER_SEEN,
        EXPIRED,
        REVOKED,
        NOT_COVERED,
        OTHER_POLICY,
        /** The device's store generation or firmware is newer than the result. */
        NEWER_STATE
    }

    /** About one device. @param result as the PVA signed it, present when valid */
    record Answer(Ueid device, Standing standing, Optional<Opaque> result) {}

    /** An owner permits an operator to inquire. */
    record Permission(@OfCaller String subscriber, Plmn operator, List<Ueid> devices) {}

    /** Step 10 of initial provisioning, by the PVA. @throws Refused EVIDENCE_INVALID */
    @AllowedTo("pva")
    void publish(Publication publication) throws Refused;

    /** The PVA withdraws. Repeated: no second effect. @return the devices whose results are void by this, at most 1,000 */
    @AllowedTo({"pva", "console"})
    List<Ueid> withdraw(Withdrawal withdrawal) throws Refused;

    /** The answers are in the order of the question. @throws Refused TOO_LARGE, MALFORMED */
    @AllowedTo("sho")
    List<Answer> inquire(Inquiry inquiry) throws Refused;

    /** @throws Refused FORBIDDEN for a device that another subscriber has spoken for */
    @AllowedTo("subscriber")
    void permit(Permission permission) throws Refused;
}
