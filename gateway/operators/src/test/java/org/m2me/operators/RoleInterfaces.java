// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators;

import java.util.List;

/** All interfaces that roles have. */
public final class RoleInterfaces {
    /** In the order of the specification's steps. */
    public static final List<Class<?>> ALL = List.of(
            AuthenticationCentre.class,
            Icf.class,
            Drf.class,
            Sho.class,
            Campaigns.class,
            Pva.class,
            Ivf.class,
            Dpf.class,
            Ccif.class,
            Supplier.class,
            Subscriber.class,
            Regulator.class);

    private RoleInterfaces() {}
}
