// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.m2me.protocol.identity.Imsi;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.Refused;

/** A SHO at the other end of a role under test: keeps what it was told, and refuses when it is set to. */
public final class ShoSide extends Counterparts.Counterpart implements Sho, Counterparts.NoSubscribers {
    public final List<Contract> contracts = new CopyOnWriteArrayList<>();
    public final List<Registration> registrations = new CopyOnWriteArrayList<>();
    public final List<Outcome> outcomes = new CopyOnWriteArrayList<>();
    /** Without keys, which the caller wipes. */
    public final List<Imsi> generated = new CopyOnWriteArrayList<>();

    public final List<Opaque> releases = new CopyOnWriteArrayList<>();
    public final List<Nonce> left = new CopyOnWriteArrayList<>();
    public final List<Ueid> cancelled = new CopyOnWriteArrayList<>();
    public final List<Ueid> used = new CopyOnWriteArrayList<>();
    /** The orders before which it was asked whether it may serve. */
    public final List<Nonce> asked = new CopyOnWriteArrayList<>();

    /** What a release is answered with. */
    public volatile Opaque acknowledgement = Opaque.hex("ac");

    @Override
    public void contract(Contract contract) throws Refused {
        check();
        contracts.add(contract);
    }

    @Override
    public void register(Registration registration) throws Refused {
        check();
        registrations.add(registration);
    }

    @Override
    public List<Sho.Standing> registrations(Ueid device) throws Refused {
        throw notHere();
    }

    @Override
    public void validated(Validation validation) throws Refused {
        throw notHere();
    }

    @Override
    public void generated(Generated credentials) throws Refused {
        check();
        generated.add(credentials.imsi());
    }

    @Override
    public void provisioned(Outcome outcome) throws Refused {
        check();
        outcomes.add(outcome);
    }

    @Override
    public Opaque released(Ueid device, Opaque release) throws Refused {
        check();
        releases.add(release);
        return acknowledgement;
    }

    @Override
    public void oldOperatorReleased(Nonce registration, Ueid device) throws Refused {
        check();
        left.add(registration);
    }

    @Override
    public void cancel(Ueid device, String subscriber) throws Refused {
        check();
        cancelled.add(device);
    }

    @Override
    public void mayServe(Ueid device, String subscriber, Nonce order) throws Refused {
        check();
        asked.add(order);
    }

    @Override
    public void inUse(Ueid device, String subscriber) throws Refused {
        check();
        used.add(device);
    }

    @Override
    public ValidationCounts validationCounts() throws Refused {
        throw notHere();
    }

    @Override
    public List<Hold> holds(Optional<Ueid> after) throws Refused {
        throw notHere();
    }

    @Override
    public void lift(Ueid device) throws Refused {
        throw notHere();
    }
}
