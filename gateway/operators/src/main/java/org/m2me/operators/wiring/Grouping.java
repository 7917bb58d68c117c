// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.wiring;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which roles are one operator's own system and call one another as objects, instead of over HTTP with mutual TLS: the
 * specification leaves open which roles go together (TR 33.812 5.1.3.7.1: RO and VNO, PVA and DPF hosted by the SHO, VNO
 * and SHO; 5.1.3.6.8: the IVF on the PVA, on an operator or alone). Within a group nobody asks who may call what: it is one
 * system, and what its roles are allowed to over HTTP holds for the others.
 */
public final class Grouping {
    /** Every role by itself. */
    public static final Grouping APART = new Grouping(List.of());

    private final List<Set<String>> groups;

    private Grouping(Collection<Set<String>> groups) {
        this.groups = groups.stream().map(Set::copyOf).toList();
    }

    /**
     * Groups as they are written in a configuration: names of roles with commas between, groups with semicolons
     * ({@code sho.262-01,pva,dpf.901-70;icf.901-70,drf.901-70}).
     *
     * @throws IllegalArgumentException if a role is in two groups, or a group is empty
     */
    public static Grouping parse(String text) {
        List<Set<String>> groups = new ArrayList<>();
        Set<String> all = new HashSet<>();
        for (String group : text.split(";", -1)) {
            List<String> names = Arrays.stream(group.split(",", -1))
                    .map(String::strip)
                    .filter(name -> !name.isEmpty())
                    .toList();
            if (names.isEmpty()) {
                throw new IllegalArgumentException("grouping \"" + text + "\": a group without roles");
            }
            for (String name : names) {
                if (!all.add(name)) {
                    throw new IllegalArgumentException("grouping \"" + text + "\": " + name + " is in two groups");
                }
            }
            groups.add(Set.copyOf(names));
        }
        return new Grouping(groups);
    }

    /** Whether one of these roles calls the other as an object. */
    public boolean areTogether(String one, String other) {
        return groups.stream().anyMatch(group -> group.contains(one) && group.contains(other));
    }

    @Override
    public String toString() {
        return groups.stream()
                .map(group -> String.join(",", group.stream().sorted().toList()))
                .collect(Collectors.joining(";"));
    }
}
