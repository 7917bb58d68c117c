// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.tre;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import org.m2me.hal.TrustException;
import org.m2me.hal.TrustedEnvironmentProvider.Blank;
import org.m2me.hal.TrustedEnvironmentProvider.Personalisation;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.crypto.P256PublicKey;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.OwnerSecret;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.pki.Certificate;
import org.m2me.tre.store.Disk;
import org.m2me.tre.store.SealedSlots;
import org.m2me.tre.store.Vault;

/** The two steps at the supplier: make keys inside, then put in what was certified for them. */
final class Manufacture {
    private static final byte UEID_RAND = 1; // RFC 9711 4.2.1.1, type RAND

    private Manufacture() {}

    /** Root secret, UEID and three keys, on an empty disk. */
    static Blank make(Disk disk, SecureRandom random) throws IOException {
        SecretBytes root = SecretBytes.random(Vault.ROOT_LENGTH, random);
        try (Vault vault = new Vault(root, random)) {
            writeRoot(disk, root);
            Ueid ueid = freshUeid(random);
            DeviceKeys keys = DeviceKeys.make(vault, random);
            Nonce pcidNonce = Nonce.random(random);
            SealedSlots.create(disk, vault, ueid)
                    .save(TreState.made(keys, pcidNonce).encode());
            return new Blank(
                    ueid.value().bytes(),
                    publicKey(keys, vault, DeviceKeys.Use.PLATFORM).spki(),
                    publicKey(keys, vault, DeviceKeys.Use.TRANSPORT).spki(),
                    publicKey(keys, vault, DeviceKeys.Use.AGREEMENT).spki(),
                    pcidNonce.bytes());
        }
    }

    private static void writeRoot(Disk disk, SecretBytes root) throws IOException {
        byte[] raw = root.use(byte[]::clone);
        try {
            disk.write(Memory.ROOT_FILE, raw);
            disk.force(Memory.ROOT_FILE);
            disk.forceDirectory();
        } finally {
            Arrays.fill(raw, (byte) 0);
        }
    }

    private static Ueid freshUeid(SecureRandom random) {
        byte[] serial = new byte[Ueid.LENGTH - 1];
        random.nextBytes(serial);
        return new Ueid(Opaque.of(
                ByteBuffer.allocate(Ueid.LENGTH).put(UEID_RAND).put(serial).array()));
    }

    /** Checks that everything fits the keys that were made, then stores it, once. */
    static void personalise(Memory memory, Personalisation parts) throws IOException, TrustException {
        TreState made = memory.state();
        if (made.personality().isPresent()) {
            throw Refusal.of(ResultCode.FORBIDDEN, "this Trusted Environment was personalised before");
        }
        check(memory, DeviceKeys.Use.PLATFORM, parts.platformCertificate());
        check(memory, DeviceKeys.Use.TRANSPORT, parts.transportCertificate());
        checkAnchors(parts.anchors());
        if (parts.ownerSecret().length != OwnerSecret.LENGTH) {
            throw Refusal.of(
                    ResultCode.MALFORMED,
                    "owner's secret: " + parts.ownerSecret().length + " bytes, wants " + OwnerSecret.LENGTH);
        }
        P256PublicKey supplier =
                parse("supplier certificate", parts.supplierCertificate()).publicKey();
        UsimSlot pcid = new Installation(memory.device(), made, memory.vault()).pcid(parts.pcidEnvelope(), supplier);
        Credentials credentials = new Credentials(
                Opaque.of(parts.platformCertificate()),
                Opaque.of(parts.transportCertificate()),
                Credentials.opaque(parts.anchors()),
                Credentials.sealSecret(memory.vault(), parts.ownerSecret()));
        memory.change(generation -> made.with(credentials, Subscriptions.pristine(pcid)));
    }

    private static void check(Memory memory, DeviceKeys.Use use, byte[] der) throws TrustException {
        String name = use == DeviceKeys.Use.PLATFORM ? "platform certificate" : "transport certificate";
        Certificate certificate = parse(name, der);
        P256PublicKey made = publicKey(memory.state().keys(), memory.vault(), use);
        if (!certificate.publicKey().thumbprint().equals(made.thumbprint())) {
            throw Refusal.of(ResultCode.CREDENTIAL_INVALID, name + ": certifies another key than the one made");
        }
        if (!certificate.commonName().equals(memory.device().hex())) {
            throw Refusal.of(
                    ResultCode.CREDENTIAL_INVALID,
                    name + ": common name is " + certificate.commonName() + ", wants the UEID " + memory.device());
        }
    }

    private static void checkAnchors(List<byte[]> anchors) throws TrustException {
        if (anchors.isEmpty() || anchors.size() > Credentials.ANCHORS_MAX) {
            throw Refusal.of(ResultCode.MALFORMED, anchors.size() + " anchors, wants 1 to " + Credentials.ANCHORS_MAX);
        }
        for (byte[] anchor : anchors) {
            if (!parse("anchor", anchor).isAuthority()) {
                throw Refusal.of(ResultCode.CREDENTIAL_INVALID, "anchor: not a certificate of an authority");
            }
        }
    }

    private static Certificate parse(String name, byte[] der) throws TrustException {
        if (der.length > Credentials.CERTIFICATE_MAX) {
            throw Refusal.of(
                    ResultCode.TOO_LARGE, name + ": " + der.length + " bytes, at most " + Credentials.CERTIFICATE_MAX);
        }
        try {
            return Certificate.parse(der);
        } catch (IllegalArgumentException malformed) {
            throw Refusal.of(ResultCode.CREDENTIAL_INVALID, name + ": " + malformed.getMessage());
        }
    }

    private static P256PublicKey publicKey(DeviceKeys keys, Vault vault, DeviceKeys.Use use) {
        try (P256PrivateKey key = keys.open(vault, use)) {
            return key.publicKey();
        }
    }
}
