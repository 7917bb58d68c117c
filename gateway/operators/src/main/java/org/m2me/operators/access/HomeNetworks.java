// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.access;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.m2me.operators.AuthenticationCentre;
import org.m2me.operators.Peers;
import org.m2me.operators.gsup.GsupHome;
import org.m2me.operators.gsup.GsupRoute;
import org.m2me.operators.wiring.RoleContext;
import org.m2me.protocol.identity.Imsi;

/** Whose subscribers are let in, and how each home is asked. Homes at the same address share a connection. */
final class HomeNetworks implements AutoCloseable {
    private final Peers peers;
    private final List<HomeRoute> table;
    private final Map<GsupRoute, GsupHome> homes = new HashMap<>();

    /** @param visitors told what homes say of subscribers who are here */
    HomeNetworks(RoleContext context, Peers peers, AccessSettings settings, GsupHome.Visitors visitors) {
        this.peers = peers;
        this.table = settings.homes();
        for (HomeRoute line : table) {
            line.gsup()
                    .ifPresent(route -> homes.computeIfAbsent(
                            route, it -> GsupHome.start(it, settings.servingNode(), context.random(), visitors)));
        }
    }

    /** The home of this subscription; empty when its subscribers are not let in. */
    Optional<AuthenticationCentre> of(Imsi imsi) {
        if (table.isEmpty()) {
            return peers.home(imsi);
        }
        return line(imsi)
                .flatMap(line ->
                        line.gsup().<AuthenticationCentre>map(homes::get).or(() -> peers.home(imsi)));
    }

    private Optional<HomeRoute> line(Imsi imsi) {
        return table.stream()
                .filter(line -> line.network().isHomeOf(imsi))
                .max(Comparator.comparingInt(
                        line -> line.network().toString().length())); // an MNC of 3 digits is closer
    }

    /** The subscriber has left. */
    void left(Imsi imsi) {
        line(imsi).flatMap(HomeRoute::gsup).map(homes::get).ifPresent(home -> home.left(imsi));
    }

    @Override
    public void close() {
        homes.values().forEach(GsupHome::close);
    }
}
