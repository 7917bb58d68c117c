// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.bridge;

import java.util.List;
import org.m2me.bridge.role.RoleLinks;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.pki.Certificate;

/**
 * Who this is, and whom it believes.
 *
 * @param certificate shown to devices, so keep it small; of a gateway its common name is {@code gateway}
 * @param key that goes with it
 * @param deviceAnchors the suppliers' authorities, where the transport certificates of devices come from
 * @param roles the same towards roles
 */
public record BridgeIdentity(
        Certificate certificate, P256PrivateKey key, List<Certificate> deviceAnchors, RoleLinks.Credentials roles) {
    /**
     * A gateway, which shows one certificate to both sides.
     *
     * @param roleAnchors where the certificates of roles come from
     */
    public BridgeIdentity(
            Certificate certificate,
            P256PrivateKey key,
            List<Certificate> roleAnchors,
            List<Certificate> deviceAnchors) {
        this(certificate, key, deviceAnchors, new RoleLinks.Credentials(certificate, key, roleAnchors));
    }
}
