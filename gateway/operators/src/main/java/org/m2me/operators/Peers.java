// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators;

import java.util.Optional;
import org.m2me.protocol.identity.Imsi;
import org.m2me.protocol.identity.Plmn;

/**
 * The other roles, wherever they run: only the wiring knows whether it hands out a local object or an HTTP client.
 *
 * <p>Secrets in what is passed to a role, and in what it answers, belong to the caller, who closes them: a role that
 * keeps one keeps a copy, and never answers with one that it still needs. Every call may throw {@link Unavailable}.
 */
public interface Peers {
    /** The network that answers for this subscription, chosen by its MCC and MNC; empty when none is known. */
    Optional<AuthenticationCentre> home(Imsi imsi);

    Icf icf();

    Drf drf();

    Dpf dpf();

    /** @throws IllegalArgumentException if no such operator is configured */
    Sho sho(Plmn operator);

    Pva pva();

    Ivf ivf();

    Ccif ccif();

    /** @throws IllegalArgumentException if no such supplier is configured */
    Supplier supplier(String name);

    /** @throws IllegalArgumentException if no such subscriber is configured */
    Subscriber subscriber(String name);

    /** The regulator; empty in a network without one. Who is known and does not answer is here: a call says so. */
    Optional<Regulator> regulator();
}
