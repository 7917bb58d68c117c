// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;
import org.m2me.protocol.cbor.CborException;
import org.m2me.protocol.cbor.CborMap;
import org.m2me.protocol.cose.CoseSign1;
import org.m2me.protocol.crypto.ForgedException;
import org.m2me.protocol.crypto.Hashes;
import org.m2me.protocol.crypto.P256PublicKey;
import org.m2me.protocol.crypto.Signer;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.pki.Certificate;
import org.m2me.protocol.pki.CertificatePath;
import org.m2me.protocol.pki.CertificateRefused;

/**
 * Step 11's security token (TR 33.812 5.2.5.4.3): an operator lets one device be provisioned, once. A COSE_Sign1 by the
 * operator with its certificate beside it, so that who checks it needs to know nothing but the anchors.
 *
 * @param id names this token: it serves once
 * @param registration that it completes
 * @param expires not accepted from then on
 * @param content what the device may be given
 */
public record Authorization(
        Nonce id, Nonce registration, Ueid device, Plmn operator, Instant expires, Content content) {
    /** So that no other signature of an operator passes for an authorisation. */
    private static final String PURPOSE = "m2me authorisation";

    /** A token is about 400 bytes and its certificate about 600. */
    private static final int PART_MAX = 2048;

    private static final int TOKEN = 1;
    private static final int CERTIFICATE = 2;

    private static final int ID = 1;
    private static final int REGISTRATION = 2;
    private static final int DEVICE = 3;
    private static final int OPERATOR = 4;
    private static final int EXPIRES = 5;
    private static final int SEALED = 6;
    private static final int MAKING = 7;

    /** What the device may be given. */
    public sealed interface Content {
        /** Whether this is the MCIM that came with the order, or that none came. */
        boolean covers(Optional<Opaque> envelope);
    }

    /**
     * The MCIM that the operator sealed.
     *
     * @param digest SHA-256 of its envelope, 32 bytes
     */
    public record Sealed(Opaque digest) implements Content {
        private static final int DIGEST_LENGTH = 32;

        /** This envelope and no other. */
        public static Sealed of(Opaque envelope) {
            return new Sealed(Opaque.of(Hashes.sha256(envelope.bytes())));
        }

        @Override
        public boolean covers(Optional<Opaque> envelope) {
            return envelope.map(Sealed::of).equals(Optional.of(this));
        }
    }

    /**
     * A MCIM that the DPF is to make from the operator's stored rules, with this in it.
     *
     * @param agreementKey the attested key to seal to
     * @param ownerToken 16 bytes, from the contract
     * @param serial the operator's number for this MCIM
     */
    public record Making(P256PublicKey agreementKey, Opaque ownerToken, long serial) implements Content {
        private static final int POINT_LENGTH = 33;
        private static final int OWNER_TOKEN_LENGTH = 16;

        @Override
        public boolean covers(Optional<Opaque> envelope) {
            return envelope.isEmpty();
        }

        private CborMap encode() {
            return CborMap.builder()
                    .put(1, agreementKey.compressed())
                    .put(2, ownerToken.bytes())
                    .put(3, serial)
                    .build();
        }

        private static Making decode(CborMap map) throws CborException {
            return new Making(
                    P256PublicKey.ofPoint(map.bytes(1, POINT_LENGTH, POINT_LENGTH)),
                    Opaque.of(map.bytes(2, OWNER_TOKEN_LENGTH, OWNER_TOKEN_LENGTH)),
                    map.integer(3, 1, Long.MAX_VALUE));
        }

        @Override
        public String toString() {
            return "Making[serial " + serial + "]";
        }
    }

    /** The common name of an operator's certificates. */
    public static String nameOf(Plmn operator) {
        return "sho." + operator;
    }

    /** The token. @param certificate the operator's, for this key */
    public Opaque sign(Certificate certificate, Signer key) {
        return Opaque.of(CborMap.builder()
                .put(TOKEN, CoseSign1.sign(encode(), PURPOSE, key))
                .put(CERTIFICATE, certificate.der())
                .build()
                .encode());
    }

    /**
     * Reads a token whose signer's certificate comes from one of the anchors and is named as the operator that the token
     * speaks for. Whether it has expired or served is for the caller, who knows what a repetition is.
     *
     * @throws ForgedException if it is not that
     */
    public static Authorization verify(Opaque token, Collection<Certificate> anchors, Instant now)
            throws ForgedException {
        try {
            CborMap parts = CborMap.decode(token.bytes());
            Certificate signer = Certificate.parse(parts.bytes(CERTIFICATE, 1, PART_MAX));
            CertificatePath.verify(signer, anchors, now);
            byte[] claims = CoseSign1.parse(parts.bytes(TOKEN, 1, PART_MAX)).verify(signer.publicKey(), PURPOSE);
            Authorization read = decode(CborMap.decode(claims));
            if (!signer.commonName().equals(nameOf(read.operator))) {
                throw new ForgedException("authorisation for " + read.operator + " signed by " + signer.commonName());
            }
            return read;
        } catch (CertificateRefused refused) {
            throw new ForgedException("authorisation: signer's certificate " + refused.getMessage());
        } catch (CborException | IllegalArgumentException | DateTimeException malformed) {
            throw new ForgedException("authorisation: " + malformed.getMessage());
        }
    }

    private byte[] encode() {
        CborMap.Builder claims = CborMap.builder()
                .put(ID, id.bytes())
                .put(REGISTRATION, registration.bytes())
                .put(DEVICE, device.value().bytes())
                .put(OPERATOR, operator.toString())
                .put(EXPIRES, expires.getEpochSecond());
        if (content instanceof Making making) {
            claims.put(MAKING, making.encode());
        } else if (content instanceof Sealed sealed) {
            claims.put(SEALED, sealed.digest().bytes());
        }
        return claims.build().encode();
    }

    private static Authorization decode(CborMap claims) throws CborException {
        return new Authorization(
                nonce(claims, ID),
                nonce(claims, REGISTRATION),
                new Ueid(Opaque.of(claims.bytes(DEVICE, Ueid.LENGTH, Ueid.LENGTH))),
                Plmn.parse(claims.text(OPERATOR, 7)),
                Instant.ofEpochSecond(claims.integer(EXPIRES)),
                claims.has(MAKING)
                        ? Making.decode(claims.map(MAKING))
                        : new Sealed(Opaque.of(claims.bytes(SEALED, Sealed.DIGEST_LENGTH, Sealed.DIGEST_LENGTH))));
    }

    private static Nonce nonce(CborMap claims, long key) throws CborException {
        return new Nonce(Opaque.of(claims.bytes(key, Nonce.LENGTH, Nonce.LENGTH)));
    }
}
