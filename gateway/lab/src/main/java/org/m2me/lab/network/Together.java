// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab.network;

import org.m2me.operators.wiring.Grouping;

/** Which roles are one operator's own system, in the words of the command line. */
public enum Together {
    /** Every role by itself, the IVF too. */
    apart("", false),
    /** The registration operator is the visited network. */
    ro_vno("icf.901-70,drf.901-70,dpf.901-70,vno.262-42", false),
    /** The visited network is that of the operator to which devices change. */
    vno_nsho("sho.262-02,vno.262-02", true),
    /** The first operator has the PVA and the DPF. */
    sho_pva_dpf("sho.262-01,pva,dpf.901-70", false),
    /** The IVF is a function of the PVA. */
    pva_ivf("pva,ivf", false),
    /** The IVF is a function of the first operator, the old one in a change. */
    osho_ivf("sho.262-01,ivf", false),
    /** Each company has one system: registration operator, both operators with networks of their own, PVA, supplier. */
    companies(
            "icf.901-70,drf.901-70,dpf.901-70,vno.262-42;sho.262-01,vno.262-01;sho.262-02,vno.262-02;"
                    + "pva,ivf;supplier.acme,ccif",
            false);

    private final String groups;
    private final boolean visitedIsOther;

    Together(String groups, boolean visitedIsOther) {
        this.groups = groups;
        this.visitedIsOther = visitedIsOther;
    }

    /** The same, for who wires roles or looks at who calls whom. */
    public Grouping grouping() {
        return groups.isEmpty() ? Grouping.APART : Grouping.parse(groups);
    }

    /** Whether devices attach first to the network of {@link LabSettings#OTHER}, and there is no other visited network. */
    boolean visitedIsOther() {
        return visitedIsOther;
    }
}
