// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.atomic.AtomicLong;
import org.m2me.hal.TrustException;
import org.m2me.hal.TrustedEnvironment;
import org.m2me.hal.TrustedEnvironmentProvider;
import org.m2me.hal.TrustedEnvironmentProvider.Blank;
import org.m2me.hal.TrustedEnvironmentProvider.Personalisation;
import org.m2me.protocol.aka.AkaAlgorithm;
import org.m2me.protocol.aka.AkaKey;
import org.m2me.protocol.aka.SqnArray;
import org.m2me.protocol.aka.SqnParameters;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.crypto.P256PublicKey;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.envelope.CmsMcimEnvelope;
import org.m2me.protocol.envelope.Mcim;
import org.m2me.protocol.identity.Imsi;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.Activation;
import org.m2me.protocol.message.Mail;
import org.m2me.protocol.message.OwnerOrder;
import org.m2me.protocol.message.OwnerSecret;
import org.m2me.protocol.message.ReleaseAcknowledgement;
import org.m2me.protocol.pki.Certificate;
import org.m2me.protocol.pki.CertificateAuthority;
import org.m2me.protocol.pki.CertificateAuthority.Request;
import org.m2me.protocol.pki.CertificateAuthority.Usage;
import org.m2me.protocol.step.Procedure;

/** A supplier, an operator and a device that the supplier made, with real keys, for one test. */
public final class TestWorld {
    public static final String PCID = "901700000000001";
    /** Its supplier's next one for the device. */
    static final String NEXT_PCID = "901700000000002";
    /** How long a PCID lives: ten days before a device asks for the next. */
    static final Duration PCID_LIFE = Duration.ofDays(40);

    public static final String PCID_APN = "initial.m2m";
    public static final String IMSI = "262010000000042";
    public static final String APN = "iot.fleet";
    static final Plmn OPERATOR = Plmn.parse("262-01");
    static final Plmn OTHER = Plmn.parse("208-15");
    static final String OTHER_IMSI = "208150000000042";
    static final String OTHER_APN = "iot.other";
    private static final Opaque OWNER_SECRET = Opaque.hex("000102030405060708090a0b0c0d0e0f");
    private static final Duration LIFE = Duration.ofDays(30);

    public final SecureRandom random = new SecureRandom();
    public final TestClock clock = new TestClock();
    private final P256PrivateKey supplierKey = P256PrivateKey.generate(random);
    private final P256PrivateKey operatorKey = P256PrivateKey.generate(random);
    private final P256PrivateKey otherKey = P256PrivateKey.generate(random);
    private final P256PrivateKey ownerKey = P256PrivateKey.generate(random);
    private final CertificateAuthority operators = authority("operators", P256PrivateKey.generate(random));
    private final CertificateAuthority foreigners = authority("operators", P256PrivateKey.generate(random));
    private final CertificateAuthority fleet = authority("fleet", P256PrivateKey.generate(random));
    private final CertificateAuthority supplier = authority("acme", supplierKey);
    final Certificate operatorCertificate =
            issue(operators, "sho." + OPERATOR, operatorKey.publicKey(), Usage.ROLE, LIFE);
    private final Certificate otherCertificate =
            issue(operators, "sho." + OTHER, otherKey.publicKey(), Usage.ROLE, LIFE);
    private final AtomicLong serial = new AtomicLong();
    private final P256PrivateKey supplierRoleKey = P256PrivateKey.generate(random);
    final Certificate supplierRole;
    private final Path directory;
    final Blank device;

    /** A key and the certificate that goes with it. */
    public record Identity(Certificate certificate, P256PrivateKey key) {}

    /** @param directory empty; the device's store is made there */
    public TestWorld(Path directory) throws IOException, TrustException {
        this.directory = directory;
        this.supplierRole = issue(operators, "supplier.acme", supplierRoleKey.publicKey(), Usage.ROLE, LIFE);
        this.device = provider().make(directory, random);
        provider()
                .personalise(
                        directory,
                        new Personalisation(
                                deviceCertificate(device.platformKey()).der(),
                                deviceCertificate(device.transportKey()).der(),
                                List.of(operators.certificate().der()),
                                supplier.certificate().der(),
                                pcidEnvelope(),
                                OWNER_SECRET.bytes()),
                        random);
    }

    private static TrustedEnvironmentProvider provider() {
        return ServiceLoader.load(TrustedEnvironmentProvider.class).findFirst().orElseThrow();
    }

    /** The device's Trusted Environment, started once more. */
    public TrustedEnvironment start() throws IOException, TrustException {
        return provider().open(directory, random);
    }

    public Path directory() {
        return directory;
    }

    private CertificateAuthority authority(String name, P256PrivateKey key) {
        Instant now = clock.instant();
        return CertificateAuthority.selfSigned(name, key, now.minus(LIFE), now.plus(LIFE.multipliedBy(2)));
    }

    private Certificate issue(
            CertificateAuthority authority, String name, P256PublicKey key, Usage usage, Duration life) {
        Instant now = clock.instant();
        return authority.issue(new Request(name, "", key, usage, now.minus(LIFE), now.plus(life)));
    }

    private Certificate deviceCertificate(byte[] spki) {
        String name = HexFormat.of().formatHex(device.ueid());
        return issue(supplier, name, P256PublicKey.ofSpki(spki), Usage.DEVICE, LIFE);
    }

    public Identity gateway() {
        return server(operators, "gateway", LIFE);
    }

    public Identity serverNamed(String name) {
        return server(operators, name, LIFE);
    }

    public Identity foreignGateway() {
        return server(foreigners, "gateway", LIFE);
    }

    public Identity gatewayFor(Duration life) {
        return server(operators, "gateway", life);
    }

    private Identity server(CertificateAuthority authority, String name, Duration life) {
        P256PrivateKey key = P256PrivateKey.generate(random);
        return new Identity(issue(authority, name, key.publicKey(), Usage.ROLE, life), key);
    }

    Certificate supplierAnchor() {
        return supplier.certificate();
    }

    Ueid ueid() {
        return new Ueid(Opaque.of(device.ueid()));
    }

    P256PublicKey platformKey() {
        return P256PublicKey.ofSpki(device.platformKey());
    }

    private byte[] pcidEnvelope() {
        Nonce manufacture = new Nonce(Opaque.of(device.pcidNonce()));
        return seal(pcid(manufacture, PCID).expiring(clock.instant().plus(PCID_LIFE)), supplierKey);
    }

    /** A new PCID for the device, as its supplier seals it. */
    Mail.Credential credential(Nonce registration) {
        Mcim next = pcid(registration, NEXT_PCID).expiring(clock.instant().plus(PCID_LIFE));
        return new Mail.Credential(registration, Opaque.of(supplierRole.der()), Opaque.of(seal(next, supplierRoleKey)));
    }

    private Mcim pcid(Nonce occasion, String digits) {
        return content(Plmn.parse("901-70"), occasion, digits, PCID_APN);
    }

    /** A MCIM for the device. */
    byte[] mcim(Plmn operator, Nonce registration) {
        return operator.equals(OTHER)
                ? seal(content(OTHER, registration, OTHER_IMSI, OTHER_APN), otherKey)
                : seal(content(OPERATOR, registration, IMSI, APN), operatorKey);
    }

    Certificate certificateOf(Plmn operator) {
        return operator.equals(OTHER) ? otherCertificate : operatorCertificate;
    }

    /** What an old operator says to a release. */
    byte[] acknowledgement(Plmn operator) {
        P256PrivateKey key = operator.equals(OTHER) ? otherKey : operatorKey;
        return new ReleaseAcknowledgement(ueid())
                .sign(certificateOf(operator), key)
                .bytes();
    }

    List<Certificate> anchors() {
        return List.of(operators.certificate());
    }

    /** An order of the device's owner. */
    Mail.Order order(long number, Procedure procedure, Plmn operator) {
        Nonce id = Nonce.random(random);
        try (SecretBytes secret = SecretBytes.copyOf(OWNER_SECRET.bytes())) {
            return new Mail.Order(id, new OwnerOrder(id, ueid(), number, procedure, operator).sign(ownerKey, secret));
        }
    }

    /** What the device's owner tells it. */
    byte[] activation(long number, Activation.Terms terms) {
        return signed(new Activation(ueid(), number, terms));
    }

    /** That its owner has withdrawn what it told it before. */
    byte[] withdrawal(long number) {
        return signed(new Activation(ueid(), number, Optional.empty()));
    }

    private byte[] signed(Activation activation) {
        try (SecretBytes secret = SecretBytes.copyOf(OWNER_SECRET.bytes())) {
            return activation.sign(ownerKey, secret).bytes();
        }
    }

    /** A server of the owner's own authority, which neither operators nor devices know. */
    Identity fleetServer(String name) {
        return server(fleet, name, LIFE);
    }

    /** What the owner believes of its own server. */
    Activation.Association fleetAssociation(String name) {
        return new Activation.Association(fleet.certificate(), name);
    }

    private static Opaque operatorToken(Plmn operator) {
        try (SecretBytes secret = SecretBytes.copyOf(OWNER_SECRET.bytes())) {
            return OwnerSecret.operatorToken(secret, operator);
        }
    }

    private Mcim content(Plmn operator, Nonce registration, String imsi, String apn) {
        AkaKey key = new AkaKey(AkaAlgorithm.MILENAGE, SecretBytes.random(16, random), SecretBytes.random(16, random));
        return new Mcim(
                ueid(),
                operator,
                registration,
                serial.incrementAndGet(),
                new Imsi(imsi),
                "8949010000000000042",
                key,
                SqnArray.fresh(SqnParameters.DEFAULT),
                apn,
                operatorToken(operator));
    }

    private byte[] seal(Mcim content, P256PrivateKey signer) {
        try (content) {
            return new CmsMcimEnvelope(random).seal(content, P256PublicKey.ofSpki(device.agreementKey()), signer);
        }
    }
}
