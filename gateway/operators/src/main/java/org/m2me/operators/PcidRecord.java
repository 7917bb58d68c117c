// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators;

import java.time.Instant;
import org.m2me.protocol.aka.AkaKey;
import org.m2me.protocol.aka.SqnParameters;
import org.m2me.protocol.identity.Pcid;

/**
 * A preliminary identity with its key, as CCIF and ICF hold it.
 *
 * @param expires end of its lifetime
 */
public record PcidRecord(Pcid pcid, AkaKey key, SqnParameters sqn, Instant expires) {}
