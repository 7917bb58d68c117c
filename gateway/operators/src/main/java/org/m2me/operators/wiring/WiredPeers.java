// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.wiring;

import java.net.URI;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
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
import org.m2me.operators.http.RoleClient;
import org.m2me.operators.http.TlsIdentity;
import org.m2me.protocol.identity.Imsi;
import org.m2me.protocol.identity.Plmn;

/** The other roles over HTTP, at the addresses that the book has when they are asked for. */
public final class WiredPeers implements Peers {
    private static final Housemates NOBODY = new Housemates() {
        @Override
        public <T> Optional<T> find(Class<T> type, String name) {
            return Optional.empty();
        }
    };

    private final AddressBook book;
    private final RoleClient client;
    private final Housemates housemates;

    private WiredPeers(AddressBook book, RoleClient client, Housemates housemates) {
        this.book = book;
        this.client = client;
        this.housemates = housemates;
    }

    /** The roles that are called as they are, without a network between. */
    @FunctionalInterface
    interface Housemates {
        /** This role as an object; empty if it is to be called over HTTP. */
        <T> Optional<T> find(Class<T> type, String name);
    }

    /** Peers as a role sees them: it calls them in its own name, over HTTP. */
    public static WiredPeers of(RoleContext context, AddressBook book) {
        return of(context, book, NOBODY);
    }

    static WiredPeers of(RoleContext context, AddressBook book, Housemates housemates) {
        return new WiredPeers(
                book,
                new RoleClient(TlsIdentity.of(context.certificate(), context.key(), context.anchors())),
                housemates);
    }

    @Override
    public Optional<AuthenticationCentre> home(Imsi imsi) {
        return Stream.concat(homes("icf", Icf.class, imsi), homes("sho", Sho.class, imsi))
                .max(Comparator.comparingInt(
                        home -> home.network().toString().length())) // an MNC of 3 digits is closer
                .map(home -> named(home.type(), home.name()));
    }

    private record Home(Class<? extends AuthenticationCentre> type, String name, Plmn network) {}

    private Stream<Home> homes(String label, Class<? extends AuthenticationCentre> type, Imsi imsi) {
        return book.ofKind(label).stream()
                .map(name -> new Home(type, name, Plmn.parse(name.substring(label.length() + 1))))
                .filter(home -> home.network().isHomeOf(imsi));
    }

    @Override
    public Icf icf() {
        return only(Icf.class, "icf");
    }

    @Override
    public Drf drf() {
        return only(Drf.class, "drf");
    }

    @Override
    public Dpf dpf() {
        return only(Dpf.class, "dpf");
    }

    @Override
    public Sho sho(Plmn operator) {
        return named(Sho.class, "sho." + operator);
    }

    @Override
    public Pva pva() {
        return only(Pva.class, "pva");
    }

    @Override
    public Ivf ivf() {
        return only(Ivf.class, "ivf");
    }

    @Override
    public Ccif ccif() {
        return only(Ccif.class, "ccif");
    }

    @Override
    public Supplier supplier(String name) {
        return named(Supplier.class, "supplier." + name);
    }

    @Override
    public Subscriber subscriber(String name) {
        return named(Subscriber.class, "subscriber." + name);
    }

    /** In the book before anybody asks: a role that starts later than others is not missing, a network without one has none. */
    @Override
    public Optional<Regulator> regulator() {
        return book.ofKind("regulator").isEmpty() ? Optional.empty() : Optional.of(only(Regulator.class, "regulator"));
    }

    private <T> T only(Class<T> type, String label) {
        List<String> names = book.ofKind(label);
        if (names.size() != 1) {
            throw new IllegalStateException("address book: wants one " + label + ", has " + names);
        }
        return named(type, names.get(0));
    }

    private <T> T named(Class<T> type, String name) {
        Optional<T> housemate = housemates.find(type, name);
        if (housemate.isPresent()) {
            return housemate.get();
        }
        URI address = book.find(name).orElseThrow(() -> new IllegalArgumentException("address book: has no " + name));
        return client.of(type, name, address);
    }
}
