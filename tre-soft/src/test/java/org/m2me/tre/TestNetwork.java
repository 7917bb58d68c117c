// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.tre;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import org.m2me.hal.SmartCard;
import org.m2me.hal.TrustException;
import org.m2me.hal.TrustedEnvironment;
import org.m2me.hal.TrustedEnvironmentProvider.Blank;
import org.m2me.hal.TrustedEnvironmentProvider.Personalisation;
import org.m2me.protocol.aka.AkaAlgorithm;
import org.m2me.protocol.aka.AkaKey;
import org.m2me.protocol.aka.AuthenticationVector;
import org.m2me.protocol.aka.Quintets;
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
import org.m2me.protocol.message.OwnerSecret;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.pki.Certificate;
import org.m2me.protocol.pki.CertificateAuthority;

/** A supplier and two operators, with real keys and certificates, made anew for each test. */
final class TestNetwork {
    static final SecureRandom RANDOM = new SecureRandom();
    static final HexFormat HEX = HexFormat.of();
    static final Opaque OWNER_SECRET = Opaque.hex("000102030405060708090a0b0c0d0e0f");
    static final String PCID = "901700000000001";
    static final String PCID_APN = "initial.m2m";
    static final Instant NOT_BEFORE = Instant.parse("2026-01-01T00:00:00Z");
    static final Instant NOT_AFTER = NOT_BEFORE.plus(Duration.ofDays(3650));
    private static final int AMF = 0x8000;
    private static final String SELECT_USIM = "00a4040c07a0000000871002";

    final P256PrivateKey rootKey = P256PrivateKey.generate(RANDOM);
    final CertificateAuthority operators = CertificateAuthority.selfSigned("operators", rootKey, NOT_BEFORE, NOT_AFTER);
    final P256PrivateKey supplierKey = P256PrivateKey.generate(RANDOM);
    final CertificateAuthority supplier =
            CertificateAuthority.selfSigned("supplier.acme", supplierKey, NOT_BEFORE, NOT_AFTER);
    final AkaKey pcidKey = freshKey();
    final P256PrivateKey ownerKey = P256PrivateKey.generate(RANDOM);

    /** An operator with the key it signs MCIMs with. */
    record Operator(Plmn plmn, P256PrivateKey key, Certificate certificate) {
        String name() {
            return plmn.toString();
        }

        byte[] der() {
            return certificate.der();
        }
    }

    final Operator home = operator("262-01", operators);
    final Operator other = operator("208-15", operators);
    final Operator third = operator("234-15", operators);

    /** What the owner gives an operator, so that it may provision the device. */
    static Opaque operatorToken(Plmn operator) {
        try (SecretBytes secret = SecretBytes.copyOf(OWNER_SECRET.bytes())) {
            return OwnerSecret.operatorToken(secret, operator);
        }
    }

    static AkaKey freshKey() {
        return new AkaKey(AkaAlgorithm.MILENAGE, SecretBytes.random(16, RANDOM), SecretBytes.random(16, RANDOM));
    }

    Operator operator(String plmn, CertificateAuthority authority) {
        return operator("sho." + plmn, plmn, authority, NOT_AFTER);
    }

    Operator operator(String name, String plmn, CertificateAuthority authority, Instant until) {
        P256PrivateKey key = P256PrivateKey.generate(RANDOM);
        return new Operator(
                Plmn.parse(plmn),
                key,
                certified(authority, name, key.publicKey(), CertificateAuthority.Usage.ROLE, until));
    }

    private static Certificate certified(
            CertificateAuthority authority,
            String name,
            P256PublicKey key,
            CertificateAuthority.Usage usage,
            Instant until) {
        return authority.issue(new CertificateAuthority.Request(name, "", key, usage, NOT_BEFORE, until));
    }

    /** A device's certificate for a key of its own. */
    byte[] deviceCertificate(byte[] ueid, byte[] spki) {
        return certified(
                        supplier,
                        HEX.formatHex(ueid),
                        P256PublicKey.ofSpki(spki),
                        CertificateAuthority.Usage.DEVICE,
                        NOT_AFTER)
                .der();
    }

    /** What this supplier puts into a device. */
    Personalisation personalisation(Blank blank) {
        return new Personalisation(
                deviceCertificate(blank.ueid(), blank.platformKey()),
                deviceCertificate(blank.ueid(), blank.transportKey()),
                List.of(operators.certificate().der()),
                supplier.certificate().der(),
                pcidEnvelope(blank, blank.pcidNonce()),
                OWNER_SECRET.bytes());
    }

    byte[] pcidEnvelope(Blank blank, byte[] nonce) {
        Mcim pcid = new Mcim(
                new Ueid(Opaque.of(blank.ueid())),
                Plmn.parse("901-70"),
                new Nonce(Opaque.of(nonce)),
                1,
                new Imsi(PCID),
                "8990170000000000018",
                pcidKey.copy(),
                SqnArray.fresh(SqnParameters.DEFAULT),
                PCID_APN,
                OWNER_SECRET);
        return seal(pcid, P256PublicKey.ofSpki(blank.agreementKey()), supplierKey);
    }

    static byte[] seal(Mcim mcim, P256PublicKey device, P256PrivateKey signer) {
        try (mcim) {
            return new CmsMcimEnvelope(RANDOM).seal(mcim, device, signer);
        }
    }

    /** A vector of the network that knows this key. */
    static AuthenticationVector vector(AkaKey key, long sqn) {
        return Quintets.generate(key.functions(), sqn, AMF, RANDOM);
    }

    /** The card's whole answer to a challenge, as a T=0 reader fetches it. */
    static String authenticate(SmartCard card, AuthenticationVector vector) {
        send(card, SELECT_USIM);
        String answer =
                send(card, "0088008122" + "10" + HEX.formatHex(vector.rand()) + "10" + HEX.formatHex(vector.autn()));
        return answer.startsWith("61") ? send(card, "00c00000" + answer.substring(2)) : answer;
    }

    /** What a card with the right key says to a vector. */
    static String success(AuthenticationVector vector) {
        return "db08" + vector.xres().use(HEX::formatHex)
                + "10" + vector.ck().use(HEX::formatHex)
                + "10" + vector.ik().use(HEX::formatHex) + "9000";
    }

    static String send(SmartCard card, String command) {
        return HEX.formatHex(card.transmit(HEX.parseHex(command)));
    }

    /** EF.IMSI as the card shows it. */
    static String imsi(SmartCard card) {
        send(card, SELECT_USIM);
        send(card, "00a4000c026f07");
        String file = send(card, "00b0000009");
        StringBuilder digits = new StringBuilder();
        for (int i = 2; i < 18; i += 2) {
            digits.append(file.charAt(i + 1)).append(file.charAt(i));
        }
        return digits.substring(1);
    }

    /** Opens a registration and binds it. */
    static Nonce register(TrustedEnvironment environment, Operator operator) throws Exception {
        Nonce nonce = new Nonce(Opaque.of(environment.openRegistration()));
        environment.bindOperator(operator.name(), operator.der());
        return nonce;
    }

    /** The code of a refusal. */
    static ResultCode code(TrustException refused) {
        return ResultCode.of(refused.code());
    }
}
