// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

/** X.509 certificates on P-256 and their status by OCSP (RFC 5280, RFC 6960). */
@NullMarked
package org.m2me.protocol.pki;

import org.jspecify.annotations.NullMarked;
