// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.pva;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.m2me.protocol.evidence.Evidence;
import org.m2me.protocol.evidence.MeasuredComponent;
import org.m2me.protocol.evidence.ReferenceValues;
import org.m2me.protocol.evidence.TrustVector;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;

/** Compares evidence with reference values, and says honestly how far a Trusted Environment in software can be trusted. */
final class Appraisal {
    /** Recognised, not known to be compromised (draft-ietf-rats-ar4si 2.3.2). */
    private static final int RECOGNISED = 2;
    /** Only approved executables were started. */
    private static final int APPROVED_AT_BOOT = 3;
    /** Secrets are stored encrypted, but not by hardware-backed keys: a warning, and all that software can claim. */
    private static final int ENCRYPTED_WITHOUT_HARDWARE = 32;

    private Appraisal() {}

    /** The names of all components, each equal to its reference. @throws Refused COMPONENT_MISMATCH naming the first that is not */
    static List<String> compare(Evidence evidence, ReferenceValues references) throws Refused {
        Map<String, Opaque> measured = new HashMap<>();
        evidence.components().forEach(component -> measured.put(component.name(), component.sha256()));
        for (MeasuredComponent expected : references.components()) {
            Opaque found = measured.remove(expected.name());
            if (found == null) {
                throw mismatch(expected.name(), "was not measured");
            }
            if (!found.equals(expected.sha256())) {
                throw mismatch(expected.name(), "differs from " + references.id() + " version " + references.version());
            }
        }
        for (String unknown : measured.keySet()) {
            throw mismatch(unknown, "is not in " + references.id() + " version " + references.version());
        }
        return references.components().stream().map(MeasuredComponent::name).toList();
    }

    /** The vector for a device whose components are all as they should be. */
    static TrustVector approved() {
        return new TrustVector(RECOGNISED, RECOGNISED, APPROVED_AT_BOOT, 0, 0, 0, ENCRYPTED_WITHOUT_HARDWARE, 0);
    }

    private static Refused mismatch(String component, String fault) {
        return new Refused(ResultCode.COMPONENT_MISMATCH, "component '" + component + "' " + fault);
    }
}
