// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.pva;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.m2me.protocol.pki.Certificate;

/**
 * Whom and what the PVA goes by.
 *
 * @param suppliers by name
 * @param policies that may be asked for
 */
public record PvaSettings(Map<String, SupplierTrust> suppliers, List<AppraisalPolicy> policies) {
    /**
     * A supplier that the PVA trusts.
     *
     * @param authority issues platform credentials
     * @param signer signs reference values
     * @param responder where OCSP is answered over HTTP; where there is none, the supplier is asked as a role
     */
    public record SupplierTrust(Certificate authority, Certificate signer, Optional<URI> responder) {
        /** Of a supplier that answers OCSP as a role. */
        public SupplierTrust(Certificate authority, Certificate signer) {
            this(authority, signer, Optional.empty());
        }
    }
}
