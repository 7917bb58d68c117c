// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

/** Evidence, attestation results and reference values (RFC 9711, draft-ietf-rats-ear, draft-ietf-rats-corim). */
@NullMarked
package org.m2me.protocol.evidence;

import org.jspecify.annotations.NullMarked;
