// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.subscriber;

import java.time.Duration;

/**
 * Who the subscriber is, and how it buys.
 *
 * @param name in contracts: the role's common name
 * @param supplier from whom the devices come, and to whom deposit forms go
 * @param activation how long initial connectivity is activated for: until a device bought today is switched on at last
 */
public record SubscriberSettings(String name, String supplier, Duration activation) {}
