// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.pva;

import java.util.List;
import java.util.Map;
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
     */
    public record SupplierTrust(Certificate authority, Certificate signer) {}
}
