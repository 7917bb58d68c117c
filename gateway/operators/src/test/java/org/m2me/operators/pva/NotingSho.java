// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.pva;

import java.util.List;
import java.util.Optional;
import java.util.Queue;
import org.m2me.operators.Sho;
import org.m2me.protocol.aka.AuthenticationVector;
import org.m2me.protocol.identity.Imsi;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Ueid;

/** A SHO that takes note of validation results and is asked nothing else. */
record NotingSho(Queue<Sho.Validation> validations) implements Sho {
    @Override
    public void validated(Validation validation) {
        validations.add(validation);
    }

    @Override
    public List<Sho.Standing> registrations(Ueid device) {
        throw notCalled();
    }

    @Override
    public ValidationCounts validationCounts() {
        throw notCalled();
    }

    @Override
    public void mayServe(Ueid device, String subscriber, Nonce order) {
        throw notCalled();
    }

    @Override
    public void inUse(Ueid device, String subscriber) {
        throw notCalled();
    }

    @Override
    public void cancel(Ueid device, String subscriber) {
        throw notCalled();
    }

    @Override
    public void oldOperatorReleased(Nonce registration, Ueid device) {
        throw notCalled();
    }

    @Override
    public Opaque released(Ueid device, Opaque release) {
        throw notCalled();
    }

    @Override
    public void contract(Contract contract) {
        throw notCalled();
    }

    @Override
    public void register(Registration registration) {
        throw notCalled();
    }

    @Override
    public void generated(Generated credentials) {
        throw notCalled();
    }

    @Override
    public void provisioned(Outcome outcome) {
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

    @Override
    public List<Hold> holds(Optional<Ueid> after) {
        throw notCalled();
    }

    @Override
    public void lift(Ueid device) {
        throw notCalled();
    }

    private static AssertionError notCalled() {
        return new AssertionError("the PVA tells results only");
    }
}
