// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab.network;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Set;
import org.m2me.lab.fault.Interference;
import org.m2me.protocol.step.StepObserver;

/**
 * What a lab is started with.
 *
 * @param directory for the roles' databases; must be empty or new
 * @param steps is told every step that any role takes
 * @param mcimByDpf whether the DPF makes MCIMs from rules that the operator stored, instead of the operator itself
 * @param gsup whether access networks ask home networks over GSUP instead of HTTP
 * @param interference what may harm the roles
 */
public record LabSettings(
        Path directory,
        Clock clock,
        SecureRandom random,
        StepObserver steps,
        boolean mcimByDpf,
        boolean gsup,
        Interference interference) {
    /** The only access point of a PCID. */
    public static final String INITIAL_APN = "provisioning.ro";
    /** The access point of the subscription. */
    public static final String OPERATIONAL_APN = "m2m.sho";
    /** Bytes that a PCID may use: some hundred provisionings. */
    public static final long INITIAL_QUOTA = 1_000_000;
    /** What a WLAN module finds. */
    public static final String HOTSPOT = "m2m-registration";
    /** Every component of the agent's configuration; the operator's policy asks for each. */
    public static final Set<String> COMPONENTS = Set.of("runtime", "agent", "board", "config");
}
