// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab.fault;

/** Decides what befalls each datagram of a device. Called by many threads at once. */
@FunctionalInterface
public interface AirFaults {
    /** The next datagram. @param up whether it leaves the device */
    AirFault at(String device, boolean up);
}
