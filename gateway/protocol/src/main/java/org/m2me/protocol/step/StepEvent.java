// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.step;

import java.time.Instant;
import org.m2me.protocol.message.ResultCode;

/**
 * One step that was taken or refused.
 *
 * @param subject whose procedure: a UEID in hexadecimal, or before the device is known to the reporter its PCID
 * @param code {@link ResultCode#OK}, or why the step was refused
 * @param carried what was carried, in a few words without secrets
 * @param bytesOut bytes from {@link Step#from()} to {@link Step#to()}
 * @param bytesIn bytes back
 */
public record StepEvent(
        Step step, String subject, ResultCode code, String carried, int bytesOut, int bytesIn, Instant at) {}
