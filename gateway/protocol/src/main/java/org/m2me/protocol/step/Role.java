// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.step;

/** Who takes part in a procedure (TR 33.812 5.2.5.5). */
public enum Role {
    /** The machine: M2M equipment. */
    M2ME("M2ME"),
    /** The visited network that the machine attaches to first. */
    VNO("VNO"),
    /** Provider of initial connectivity that is not 3GPP. */
    N3G_ICP("N3G-ICP"),
    /** Initial Connectivity Function of the registration operator. */
    ICF("RO (ICF)"),
    /** Discovery and Registration Function of the registration operator. */
    DRF("RO (DRF)"),
    /** Download and Provisioning Function of the registration operator. */
    DPF("RO (DPF)"),
    /** Selected Home Operator; in a change the new one. */
    SHO("SHO"),
    /** In a change, the Selected Home Operator until then. */
    OLD_SHO("OSHO"),
    /** User and subscriber of the machine: its owner. */
    SUBSCRIBER("M2ME U/S"),
    /** Platform Validation Authority. */
    PVA("PVA"),
    /** Integrity Validation Function. */
    IVF("IVF");

    private final String label;

    Role(String label) {
        this.label = label;
    }

    /** The specification's way of writing this role. */
    public String label() {
        return label;
    }
}
