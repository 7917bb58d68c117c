// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.access;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.m2me.operators.AuthenticationCentre;
import org.m2me.operators.Ccif;
import org.m2me.operators.Dpf;
import org.m2me.operators.Drf;
import org.m2me.operators.Icf;
import org.m2me.operators.Ivf;
import org.m2me.operators.Peers;
import org.m2me.operators.Pva;
import org.m2me.operators.Regulator;
import org.m2me.operators.Sho;
import org.m2me.operators.Subscriber;
import org.m2me.operators.Supplier;
import org.m2me.protocol.identity.Imsi;
import org.m2me.protocol.identity.Plmn;

/** Home networks by their PLMN; each may be exchanged for another while a network uses it. An access network asks no others. */
public final class Homes implements Peers {
    private final Map<Plmn, AuthenticationCentre> homes = new ConcurrentHashMap<>();

    public void put(Plmn plmn, AuthenticationCentre home) {
        homes.put(plmn, home);
    }

    @Override
    public Optional<AuthenticationCentre> home(Imsi imsi) {
        return homes.entrySet().stream()
                .filter(entry -> entry.getKey().isHomeOf(imsi))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    private static UnsupportedOperationException notAsked() {
        return new UnsupportedOperationException("an access network asks home networks only");
    }

    @Override
    public Icf icf() {
        throw notAsked();
    }

    @Override
    public Drf drf() {
        throw notAsked();
    }

    @Override
    public Dpf dpf() {
        throw notAsked();
    }

    @Override
    public Sho sho(Plmn operator) {
        throw notAsked();
    }

    @Override
    public Pva pva() {
        throw notAsked();
    }

    @Override
    public Ivf ivf() {
        throw notAsked();
    }

    @Override
    public Ccif ccif() {
        throw notAsked();
    }

    @Override
    public Subscriber subscriber(String name) {
        throw notAsked();
    }

    @Override
    public Supplier supplier(String name) {
        throw notAsked();
    }

    @Override
    public Optional<Regulator> regulator() {
        throw notAsked();
    }
}
