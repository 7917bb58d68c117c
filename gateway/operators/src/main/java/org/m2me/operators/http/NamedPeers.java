// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.http;

import java.net.URI;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Which roles are expected at which addresses. */
final class NamedPeers {
    private final Map<String, Set<String>> expected = new ConcurrentHashMap<>();

    void expect(URI uri, String name) {
        expected.computeIfAbsent(address(uri.getHost(), uri.getPort()), unused -> ConcurrentHashMap.newKeySet())
                .add(name);
    }

    boolean isExpected(String host, int port, String name) {
        return expected.getOrDefault(address(host, port), Set.of()).contains(name);
    }

    private static String address(String host, int port) {
        return host + ":" + port;
    }
}
