// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.m2me.protocol.identity.Imsi;
import org.m2me.protocol.identity.Plmn;

/** The roles that a test has put in place; the others are not to be reached. */
public final class Neighbours implements Peers {
    private final Map<Class<?>, Object> roles = new HashMap<>();
    private final Map<Plmn, Sho> operators = new HashMap<>();

    /** Puts a role in place, or takes it away. */
    public synchronized <T> void set(Class<T> role, @Nullable T instance) {
        if (instance == null) {
            roles.remove(role);
        } else {
            roles.put(role, instance);
        }
    }

    /** Puts an operator in place, or takes it away: then it is known still. */
    public synchronized void set(Plmn operator, @Nullable Sho instance) {
        operators.put(operator, instance);
    }

    private synchronized <T> T get(Class<T> role) {
        Object instance = roles.get(role);
        if (instance == null) {
            throw new Unavailable(role.getSimpleName() + " is down", new IOException("connection refused"));
        }
        return role.cast(instance);
    }

    @Override
    public Optional<AuthenticationCentre> home(Imsi imsi) {
        return Optional.empty();
    }

    @Override
    public Icf icf() {
        return get(Icf.class);
    }

    @Override
    public Drf drf() {
        return get(Drf.class);
    }

    @Override
    public Dpf dpf() {
        return get(Dpf.class);
    }

    @Override
    public synchronized Sho sho(Plmn operator) {
        if (!operators.containsKey(operator)) {
            throw new IllegalArgumentException("no operator " + operator);
        }
        Sho instance = operators.get(operator);
        if (instance == null) {
            throw new Unavailable("SHO " + operator + " is down", new IOException("connection refused"));
        }
        return instance;
    }

    @Override
    public Pva pva() {
        return get(Pva.class);
    }

    @Override
    public Ivf ivf() {
        return get(Ivf.class);
    }

    @Override
    public Ccif ccif() {
        return get(Ccif.class);
    }

    @Override
    public Subscriber subscriber(String name) {
        return get(Subscriber.class);
    }

    @Override
    public Supplier supplier(String name) {
        return get(Supplier.class);
    }

    /** There is none until a test has put one in place. */
    @Override
    public synchronized Optional<Regulator> regulator() {
        return Optional.ofNullable(roles.get(Regulator.class)).map(Regulator.class::cast);
    }
}
