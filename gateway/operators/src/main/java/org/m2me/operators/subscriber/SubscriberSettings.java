// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.subscriber;

import java.time.Duration;

/**
 * How the subscriber buys.
 *
 * @param supplier from whom the devices come, and to whom deposit forms go
 * @param activation how long initial connectivity is activated for: until a device bought today is switched on at last
 * @param ivf whether there is an IVF, which answers an operator about a device only when its owner has permitted that
 * @param permissionWait how long an order waits for the IVF to take that permission; then it goes out without
 */
public record SubscriberSettings(String supplier, Duration activation, boolean ivf, Duration permissionWait) {
    /** An IVF answers within milliseconds and is back from a restart within this; without it the PVA validates. */
    public static final Duration PERMISSION_WAIT = Duration.ofSeconds(5);
}
