// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent;

import java.io.PrintStream;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * What a command takes from the computer it runs on.
 *
 * @param nanoTime for limits of ports
 * @param directories what <code>${name}</code> stands for in the configuration
 * @param out where results go; faults and logs go elsewhere
 */
record Machine(
        Clock clock, SecureRandom random, LongSupplier nanoTime, Map<String, Path> directories, PrintStream out) {}
