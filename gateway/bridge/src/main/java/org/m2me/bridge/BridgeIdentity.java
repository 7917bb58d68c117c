// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.bridge;

import java.util.List;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.pki.Certificate;

/**
 * Who the gateway is, and whom it believes.
 *
 * @param certificate common name {@code gateway}; shown to devices and to roles, so keep it small
 * @param key that goes with it
 * @param roleAnchors where the certificates of roles come from
 * @param deviceAnchors the suppliers' authorities, where the transport certificates of devices come from
 */
public record BridgeIdentity(
        Certificate certificate, P256PrivateKey key, List<Certificate> roleAnchors, List<Certificate> deviceAnchors) {}
