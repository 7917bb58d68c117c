// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
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
    /** Devices in one inquiry or permission: an answer of this many is about 6 MB. */
    int DEVICES_MAX = 10_000;

    /** Devices in one list of whose results are void; the rest follows when it is asked for. */
    int WITHDRAWN_MAX = 1_000;

    /** An answer about {@link #DEVICES_MAX} devices, each with the largest result. */
    int MESSAGE_SIZE_MAX = 16 * 1024 * 1024;

    /**
     * What the PVA issues.
     *
     * @param result EAR in COSE_Sign1; the newest of a device and policy is kept
     * @param components that were compared and found equal, all that was measured
     * @param ownerProof by which the device's owner is known, as its supplier says; if absent nobody may inquire
     */
    record Publication(Opaque result, List<MeasuredComponent> components, Optional<Opaque> ownerProof) {}

    /**
     * What makes results void: exactly one of device, credential, reference set, digest and component is present.
     *
     * @param until results that were issued later stand: the device passed again, or the PVA knew better by then
     * @param supplier whose devices it is about, as their reference sets are named; absent for all
     * @param credential SHA-256 thumbprint of a platform key
     * @param referenceSet id and version, as in the result
     * @param digest SHA-256 of a component
     */
    record Withdrawal(
            Instant until,
            Optional<String> supplier,
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
            Optional<Long> writesMax,
            List<Asked> devices) {}

    /** One device. @param state as it says it is, if that is known */
    record Asked(Ueid device, Optional<DeviceState> state) {}

    /** Whether there is a result to rely on. */
    enum Standing {
        VALID,
        /** The device's owner has not permitted the one who asks. */
        NOT_PERMITTED,
        NEVER_SEEN,
        /** The result's time is over, or has not begun by this clock. */
        EXPIRED,
        REVOKED,
        NOT_COVERED,
        OTHER_POLICY,
        /** The device's store generation or firmware is newer than the result. */
        NEWER_STATE
    }

    /** About one device. @param result as the PVA signed it, present when valid */
    record Answer(Ueid device, Standing standing, Optional<Opaque> result) {}

    /** A device, and that it is the caller's. @param token {@code OwnerSecret.inquiryToken} */
    record Owned(Ueid device, Opaque token) {}

    /** An owner permits an operator to inquire. */
    record Permission(@OfCaller String subscriber, Plmn operator, List<Owned> devices) {}

    /**
     * Step 10 of initial provisioning, by the PVA. Older than what is kept: no effect.
     *
     * @throws Refused EVIDENCE_INVALID unless the PVA signed it; MALFORMED; QUOTA when this IVF is full
     */
    @AllowedTo("pva")
    void publish(Publication publication) throws Refused;

    /**
     * The PVA withdraws. It holds also for results that come later and were issued before. Repeated: no second effect,
     * and until an earlier time than before the same: whoever asks for the rest of the list need not know until when.
     *
     * @param after absent for the beginning of the list
     * @return the devices whose results are void by this, in their order, at most {@link #WITHDRAWN_MAX}
     * @throws Refused MALFORMED
     */
    @AllowedTo({"pva", "console"})
    List<Ueid> withdraw(Withdrawal withdrawal, Optional<Ueid> after) throws Refused;

    /** The answers are in the order of the question. @throws Refused TOO_LARGE */
    @AllowedTo("sho")
    @SizeMax(MESSAGE_SIZE_MAX)
    List<Answer> inquire(Inquiry inquiry) throws Refused;

    /**
     * Lets an operator inquire for a while; the newest few operators of a device are kept. The subscriber of a device is
     * who has shown its token first. About a device of which no result has come yet nobody can be told from its owner:
     * such permissions are kept, and those of others are dropped when the first result comes.
     *
     * @throws Refused FORBIDDEN if a token is not the device's, or another subscriber has shown it before, and nothing is
     *     kept; TOO_LARGE
     */
    @AllowedTo("subscriber")
    @SizeMax(MESSAGE_SIZE_MAX)
    void permit(Permission permission) throws Refused;

    /** Devices change hands: whoever shows their tokens next is their subscriber. Nobody may inquire until then. */
    @AllowedTo("console")
    @SizeMax(MESSAGE_SIZE_MAX)
    void release(List<Ueid> devices) throws Refused;
}
