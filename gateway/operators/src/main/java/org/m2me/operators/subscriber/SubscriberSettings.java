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
 */
public record SubscriberSettings(String supplier, Duration activation, boolean ivf) {}
