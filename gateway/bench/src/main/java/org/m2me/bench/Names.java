// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.bench;

import java.util.List;
import org.m2me.protocol.identity.Plmn;

/** Who takes part in a mass change, by the common names of their certificates. */
final class Names {
    /** The operator before. */
    static final Plmn OLD = Plmn.parse("262-01");
    /** The operator then. */
    static final Plmn NEW = Plmn.parse("262-02");

    static final Plmn REGISTRATION = Plmn.parse("901-70");

    /** The supplier, and the authority of its devices. */
    static final String DEVICES = "acme";

    static final String REGULATOR = "regulator";
    static final String SUPPLIER = "supplier." + DEVICES;
    static final String LINE = "line." + DEVICES;
    static final String CCIF = "ccif";
    static final String PVA = "pva";
    static final String IVF = "ivf";
    static final String ICF = "icf." + REGISTRATION;
    static final String DRF = "drf." + REGISTRATION;
    static final String DPF = "dpf." + REGISTRATION;
    static final String OLD_SHO = "sho." + OLD;
    static final String NEW_SHO = "sho." + NEW;
    static final String FLEET = "fleet";
    static final String SUBSCRIBER = "subscriber." + FLEET;
    static final String GATEWAY = "gateway";

    static final List<String> ALL = List.of(
            REGULATOR,
            SUPPLIER,
            LINE,
            CCIF,
            PVA,
            IVF,
            ICF,
            DRF,
            DPF,
            OLD_SHO,
            NEW_SHO,
            SUBSCRIBER,
            GATEWAY,
            consoleOf(PVA),
            consoleOf(NEW_SHO),
            consoleOf(SUBSCRIBER));

    private Names() {}

    /** Who works for a role. */
    static String consoleOf(String role) {
        return "console." + role;
    }
}
