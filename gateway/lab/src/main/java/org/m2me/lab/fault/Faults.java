// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab.fault;

import java.util.Set;

/** Decides what befalls each call. Called by many threads at once. */
@FunctionalInterface
public interface Faults {
    /** The calls by which console and tests alone look at what goes on; who looks would just look again, so no fault befalls them. */
    Set<String> WATCHING = Set.of(
            "subscriber.telemetry",
            "subscriber.orders",
            "subscriber.activation",
            "subscriber.subscriptions",
            "drf.operatorOf",
            "sho.registrations",
            "sho.holds",
            "sho.lift");

    /**
     * The next call.
     *
     * @param role name of who is called
     * @param call interface and method, {@code sho.register}; or {@code device.} and the resource
     */
    Fault at(String role, String call);
}
