// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab.network;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.m2me.operators.access.AccessNetwork;
import org.m2me.operators.ro.icf.InitialConnectivity;
import org.m2me.operators.sho.ShoRole;
import org.m2me.operators.vno.Vno;
import org.m2me.operators.wiring.RoleHost;
import org.m2me.protocol.identity.Imsi;

/** What operators charge for what devices use, as each has it in its own books. */
public final class Billing {
    private final RoleHost host;
    private final List<String> roles;
    private final boolean told;

    Billing(RoleHost host, List<String> roles, boolean told) {
        this.host = host;
        this.roles = roles;
        this.told = told;
    }

    /** Whether access networks tell homes what was used: over GSUP they do not. */
    public boolean isTold() {
        return told;
    }

    /** The bytes that each subscription and each PCID was charged that there is. @throws IllegalStateException while a role is away */
    public Map<Imsi, Long> charged() {
        Map<Imsi, Long> charged = new HashMap<>();
        for (String name : roles) {
            AutoCloseable role = host.running(name).role();
            if (role instanceof ShoRole operator) {
                charged.putAll(operator.charged());
            } else if (role instanceof InitialConnectivity pcids) {
                charged.putAll(pcids.charged());
            }
        }
        return charged;
    }

    /** Reports that access networks repeat until a home acknowledges them. @throws IllegalStateException while a role is away */
    public long owedReports() {
        long owed = 0;
        for (String name : roles) {
            AutoCloseable role = host.running(name).role();
            if (role instanceof AccessNetwork network) {
                owed += network.owedReports();
            } else if (role instanceof Vno visited) {
                owed += visited.owedReports();
            }
        }
        return owed;
    }
}
