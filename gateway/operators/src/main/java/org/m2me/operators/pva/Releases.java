// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.pva;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.m2me.operators.store.Database;
import org.m2me.protocol.crypto.ForgedException;
import org.m2me.protocol.evidence.Evidence;
import org.m2me.protocol.evidence.ReferenceValues;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;

/**
 * What a supplier released for a model: evidence is good when it equals one release that is in its time and was not
 * withdrawn. A device may be behind the newest one; which releases are too old, their supplier says by withdrawing them.
 */
final class Releases {
    private final Database database;
    private final Clock clock;

    Releases(Database database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /** A release that evidence equals. @param components that were compared */
    record Match(ReferenceValues references, List<String> components) {}

    /**
     * The newest release that the evidence equals.
     *
     * @throws Refused REFERENCE_VALUES_MISSING when there is none to compare with; COMPONENT_MISMATCH as of the newest one,
     *     or when a component is known to be bad
     */
    Match match(Evidence evidence, Enrolled enrolled) throws Refused {
        String supplier = enrolled.supplier();
        String model = evidence.hardwareModel();
        List<Opaque> released = database.read(connection -> Enrolments.references(connection, supplier, model));
        Refused objection = missing(model, "were never published");
        boolean compared = false;
        for (Opaque signed : released) {
            try {
                ReferenceValues references = current(signed.bytes(), enrolled, model);
                Match match = new Match(references, Appraisal.compare(evidence, references));
                database.<Boolean, Refused>read(connection -> {
                    KnownBads.pass(connection, supplier, evidence);
                    return true;
                });
                return match;
            } catch (Refused refused) {
                boolean differs = refused.code() == ResultCode.COMPONENT_MISMATCH;
                objection = compared ? objection : refused; // what differs from the newest one is told
                compared = compared || differs;
            }
        }
        throw objection;
    }

    private ReferenceValues current(byte[] signed, Enrolled enrolled, String model) throws Refused {
        try {
            ReferenceValues references =
                    ReferenceValues.verify(signed, enrolled.trust().signer().publicKey());
            Instant now = clock.instant();
            if (now.isBefore(references.notBefore()) || now.isAfter(references.notAfter())) {
                throw missing(model, "are not valid at this time");
            }
            database.<Boolean, Refused>read(connection -> {
                KnownBads.pass(connection, enrolled.supplier(), references);
                return true;
            });
            return references;
        } catch (ForgedException forged) {
            throw missing(model, "do not verify: " + forged.getMessage());
        }
    }

    private static Refused missing(String model, String fault) {
        return new Refused(ResultCode.REFERENCE_VALUES_MISSING, "reference values for " + model + " " + fault);
    }
}
