// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.bench;

import java.util.List;
import org.m2me.protocol.identity.Plmn;

/** Who takes part in a mass change, by the common names of their certificates. */
final class Names {
    /** The operator that provisions, and to which devices come back. It asks the IVF about a device that comes. */
    static final Plmn WITH = Plmn.parse("262-01");

    /** The operator to which they move, and which does not ask the IVF. */
    static final Plmn WITHOUT = Plmn.parse("262-02");

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
    static final String WITH_SHO = sho(WITH);
    static final String WITHOUT_SHO = sho(WITHOUT);
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
            WITH_SHO,
            WITHOUT_SHO,
            SUBSCRIBER,
            GATEWAY,
            consoleOf(PVA),
            consoleOf(WITH_SHO),
            consoleOf(WITHOUT_SHO),
            consoleOf(SUBSCRIBER));

    private Names() {}

    /** An operator's role. */
    static String sho(Plmn operator) {
        return "sho." + operator;
    }

    /** Who works for a role. */
    static String consoleOf(String role) {
        return "console." + role;
    }
}
