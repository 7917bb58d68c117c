// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab.fault;

/** Decides what befalls each call. Called by many threads at once. */
@FunctionalInterface
public interface Faults {
    /**
     * The next call.
     *
     * @param role name of who is called
     * @param call interface and method, {@code sho.register}; or {@code device.} and the resource
     */
    Fault at(String role, String call);
}
