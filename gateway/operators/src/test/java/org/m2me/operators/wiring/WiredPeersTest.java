// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.m2me.operators.Icf;
import org.m2me.operators.Peers;
import org.m2me.operators.Sho;
import org.m2me.operators.TestPki;
import org.m2me.protocol.identity.Imsi;
import org.m2me.protocol.identity.Plmn;

final class WiredPeersTest {
    private final AddressBook book = new AddressBook(Map.of(
            "icf.901-70", URI.create("https://localhost:1001"),
            "sho.262-01", URI.create("https://localhost:1002"),
            "sho.310-26", URI.create("https://localhost:1003"),
            "sho.310-260", URI.create("https://localhost:1004"),
            "supplier.acme", URI.create("https://localhost:1005")));
    private final Peers peers = WiredPeers.of(new TestPki().context("vno.262-42", Path.of("unused")), book);

    @Test
    void findsTheNetworkOfASubscriptionByItsNumber() {
        assertThat(peers.home(new Imsi("901700000000001"))).get().isInstanceOf(Icf.class);
        assertThat(peers.home(new Imsi("262011234567890"))).get().isInstanceOf(Sho.class);
        assertThat(peers.home(new Imsi("310260123456789"))).get().hasToString("sho.310-260 at https://localhost:1004");
        assertThat(peers.home(new Imsi("310261123456789"))).get().hasToString("sho.310-26 at https://localhost:1003");
        assertThat(peers.home(new Imsi("999991234567890"))).isEmpty();
    }

    @Test
    void findsRolesByName() {
        assertThat(peers.sho(Plmn.parse("262-01"))).hasToString("sho.262-01 at https://localhost:1002");
        assertThat(peers.supplier("acme")).hasToString("supplier.acme at https://localhost:1005");
        assertThatThrownBy(() -> peers.sho(Plmn.parse("262-02"))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> peers.supplier("none")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(peers::pva).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void followsARoleThatMoves() {
        book.put("sho.262-01", URI.create("https://localhost:2002"));
        assertThat(peers.sho(Plmn.parse("262-01"))).hasToString("sho.262-01 at https://localhost:2002");
    }
}
