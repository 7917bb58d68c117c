// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.pva;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.m2me.operators.Icf;
import org.m2me.operators.PcidRecord;
import org.m2me.operators.Unavailable;
import org.m2me.protocol.aka.AuthenticationVector;
import org.m2me.protocol.identity.Imsi;
import org.m2me.protocol.identity.Pcid;

/** An ICF that takes note of the PCIDs it is given. */
record NotingIcf(Map<Pcid, PcidRecord> accepted, boolean answersLost) implements Icf {
    @Override
    public void accept(PcidRecord record) {
        accepted.put(record.pcid(), new PcidRecord(record.pcid(), record.key().copy(), record.sqn(), record.expires()));
        if (answersLost) {
            throw new Unavailable("the ICF's answer is lost", new IOException("connection reset"));
        }
    }

    @Override
    public void acceptSuccessor(PcidRecord record, Pcid of) {
        accept(record);
    }

    @Override
    public void deactivate(Pcid pcid) {
        accepted.remove(pcid);
    }

    @Override
    public void activate(Pcid pcid, Instant from, Instant until) {
        throw notCalled();
    }

    @Override
    public PcidStatus status(Pcid pcid) {
        throw notCalled();
    }

    @Override
    public List<AuthenticationVector> vectors(VectorRequest request) {
        throw notCalled();
    }

    @Override
    public SubscriptionData subscription(Imsi imsi, String servingNode) {
        throw notCalled();
    }

    @Override
    public void usage(Imsi imsi, String session, long bytes) {
        throw notCalled();
    }

    private static AssertionError notCalled() {
        return new AssertionError("the CCIF only gives and takes PCIDs");
    }
}
