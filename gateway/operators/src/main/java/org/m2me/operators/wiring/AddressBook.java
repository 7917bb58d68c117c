// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.wiring;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/** Where each role is served, by the common name of its certificate. Read at each call, so that a role may move. */
public final class AddressBook {
    private final ConcurrentSkipListMap<String, URI> addresses;

    /**
     * A book with these entries.
     *
     * @param addresses {@code https://host:port} by common name
     */
    public AddressBook(Map<String, URI> addresses) {
        this.addresses = new ConcurrentSkipListMap<>(addresses);
    }

    /** Adds or moves a role. */
    public void put(String name, URI address) {
        addresses.put(name, address);
    }

    /** Where the role of this name is. */
    public Optional<URI> find(String name) {
        return Optional.ofNullable(addresses.get(name));
    }

    /** Names of all roles of a kind, in their order: those whose first label this is. */
    public List<String> ofKind(String label) {
        return addresses.keySet().stream()
                .filter(name -> name.equals(label) || name.startsWith(label + "."))
                .toList();
    }
}
