// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab.network;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.crypto.P256PublicKey;
import org.m2me.protocol.pki.Certificate;
import org.m2me.protocol.pki.CertificateAuthority;
import org.m2me.protocol.pki.CertificateAuthority.Request;
import org.m2me.protocol.pki.CertificateAuthority.Usage;

/**
 * The lab's trust: one authority for all operators and the gateway, one for the devices of its supplier, and one of the
 * subscriber's own for its application server. Made at each start.
 */
public final class LabPki implements AutoCloseable {
    /** The clocks of one machine agree; a process that was started before is let in all the same. */
    private static final Duration BEFORE = Duration.ofHours(1);
    /** Longer than anybody keeps a lab running. */
    private static final Duration LIFETIME = Duration.ofDays(30);

    private final Clock clock;
    private final SecureRandom random;
    private final P256PrivateKey rootKey;
    private final P256PrivateKey deviceKey;
    private final CertificateAuthority root;
    private final CertificateAuthority devices;
    private final P256PrivateKey fleetKey;
    private final CertificateAuthority fleet;

    public LabPki(Clock clock, SecureRandom random) {
        this.clock = clock;
        this.random = random;
        this.rootKey = P256PrivateKey.generate(random);
        this.deviceKey = P256PrivateKey.generate(random);
        this.root = authority("operators", rootKey);
        this.devices = authority("acme", deviceKey);
        this.fleetKey = P256PrivateKey.generate(random);
        this.fleet = authority("fleet", fleetKey);
    }

    /** A key and the certificate that goes with it. */
    public record Identity(P256PrivateKey key, Certificate certificate) {}

    private CertificateAuthority authority(String name, P256PrivateKey key) {
        Instant now = clock.instant();
        return CertificateAuthority.selfSigned(name, key, now.minus(BEFORE), now.plus(LIFETIME));
    }

    /** A role with a new key. */
    public Identity role(String commonName) {
        P256PrivateKey key = P256PrivateKey.generate(random);
        return new Identity(key, role(commonName, key.publicKey()));
    }

    /** A certificate of the operators' authority for a key that exists. */
    Certificate role(String commonName, P256PublicKey key) {
        return issue(root, commonName, key);
    }

    /** A server of the subscriber's own, with a new key: no operator and no device has heard of its authority. */
    Identity ofFleet(String commonName) {
        P256PrivateKey key = P256PrivateKey.generate(random);
        return new Identity(key, issue(fleet, commonName, key.publicKey()));
    }

    private Certificate issue(CertificateAuthority authority, String commonName, P256PublicKey key) {
        Instant now = clock.instant();
        return authority.issue(
                new Request(commonName, "localhost", key, Usage.ROLE, now.minus(BEFORE), now.plus(LIFETIME)));
    }

    /** From where operators and gateways come. */
    public Certificate operators() {
        return root.certificate();
    }

    /** From where the subscriber's own servers come. */
    public Certificate fleet() {
        return fleet.certificate();
    }

    /** From where the supplier's devices come. */
    CertificateAuthority devices() {
        return devices;
    }

    P256PrivateKey deviceKey() {
        return deviceKey;
    }

    @Override
    public void close() {
        rootKey.close();
        deviceKey.close();
        fleetKey.close();
    }
}
