// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.pva;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import org.m2me.operators.pva.PvaSettings.SupplierTrust;
import org.m2me.protocol.crypto.Hashes;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.pki.Certificate;

/**
 * A device's platform credential, and whose it is.
 *
 * @param issued whether the supplier's authority of today was found to have issued it: a signature that verified once
 *     does so for ever
 */
record Enrolled(String supplier, SupplierTrust trust, Certificate credential, boolean issued) {
    /** By which a certificate is told from one that takes its place. */
    static Opaque fingerprint(Certificate certificate) {
        return Opaque.of(Hashes.sha256(certificate.der()));
    }

    /** @throws Refused as {@link #of} */
    static Enrolled find(Connection connection, Ueid device, PvaSettings settings) throws SQLException, Refused {
        return of(device, Enrolments.credential(connection, device), settings);
    }

    /**
     * What stands behind a row.
     *
     * @param kept of the device, if there is one
     * @throws Refused UNKNOWN_DEVICE; CREDENTIAL_INVALID if the supplier is not trusted any more
     */
    static Enrolled of(Ueid device, Optional<Enrolments.Credential> kept, PvaSettings settings) throws Refused {
        Enrolments.Credential enrolled =
                kept.orElseThrow(() -> new Refused(ResultCode.UNKNOWN_DEVICE, device + " is not enrolled"));
        SupplierTrust supplier = settings.suppliers().get(enrolled.supplier());
        if (supplier == null) {
            throw new Refused(
                    ResultCode.CREDENTIAL_INVALID, "supplier: " + enrolled.supplier() + " is not trusted any more");
        }
        return new Enrolled(
                enrolled.supplier(),
                supplier,
                Certificate.parse(enrolled.certificate().bytes()),
                enrolled.authority().equals(Optional.of(fingerprint(supplier.authority()))));
    }
}
