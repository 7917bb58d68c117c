// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent.transport;

import java.util.List;
import org.m2me.protocol.pki.Certificate;

/**
 * Which server is believed.
 *
 * @param anchors authorities that its certificate may come from
 * @param name common name in its certificate
 */
public record Trust(List<Certificate> anchors, String name) {
    /** The name of the gateway that a device is made with. */
    public static final String GATEWAY = "gateway";
}
