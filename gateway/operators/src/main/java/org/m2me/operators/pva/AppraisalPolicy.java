// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.pva;

import java.time.Duration;

/**
 * How the PVA appraises for those who ask under one policy id.
 *
 * @param id at most 64 characters; part of the result
 * @param resultLifetime how long a result may be relied on
 */
public record AppraisalPolicy(String id, Duration resultLifetime) {
    /** A day: long enough for a provisioning with retries, short beside the time in which firmware changes. */
    public static final AppraisalPolicy BASELINE = new AppraisalPolicy("m2m-baseline-1", Duration.ofHours(24));
}
