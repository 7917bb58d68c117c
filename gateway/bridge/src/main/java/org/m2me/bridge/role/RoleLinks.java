// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.bridge.role;

import java.time.Clock;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.pki.Certificate;

/** The links to all roles that this gateway was told of. */
public final class RoleLinks {
    /**
     * Who the gateway is towards roles, and whom it believes.
     *
     * @param certificate common name {@code gateway}
     */
    public record Credentials(Certificate certificate, P256PrivateKey key, List<Certificate> anchors) {}

    private final Map<DeviceRole, RoleLink> links = new EnumMap<>(DeviceRole.class);

    public RoleLinks(
            Map<DeviceRole, RoleAddress> addresses,
            Credentials credentials,
            Duration limit,
            Executor executor,
            Clock clock) {
        addresses.forEach((role, address) -> links.put(
                role,
                new RoleLink(
                        role,
                        address,
                        MutualTls.client(
                                credentials.certificate(),
                                credentials.key(),
                                credentials.anchors(),
                                address.commonName(),
                                clock),
                        limit,
                        executor)));
    }

    /** The link to a role, if the gateway has its address. */
    public Optional<RoleLink> to(DeviceRole role) {
        return Optional.ofNullable(links.get(role));
    }
}
