// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.crypto;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.math.ec.ECAlgorithms;
import org.bouncycastle.math.ec.ECPoint;
import org.m2me.protocol.identity.Opaque;

/** A point on P-256 that was checked to be on the curve and not at infinity. */
public final class P256PublicKey {
    private static final int SIGNATURE_LENGTH = 2 * P256.FIELD_LENGTH;

    private final ECPublicKeyParameters parameters;

    P256PublicKey(ECPoint point) {
        parameters = new ECPublicKeyParameters(point, P256.DOMAIN);
    }

    /** @throws IllegalArgumentException unless this is a compressed (33 bytes) or uncompressed (65) point of the curve */
    public static P256PublicKey ofPoint(byte[] sec1) {
        boolean compressed = sec1.length == P256.COMPRESSED_LENGTH && (sec1[0] == 2 || sec1[0] == 3);
        boolean uncompressed = sec1.length == P256.UNCOMPRESSED_LENGTH && sec1[0] == 4;
        if (!compressed && !uncompressed) {
            throw new IllegalArgumentException("P-256 key: " + sec1.length + " bytes are no SEC 1 point");
        }
        try {
            return new P256PublicKey(P256.DOMAIN.getCurve().decodePoint(sec1));
        } catch (IllegalArgumentException offCurve) {
            throw new IllegalArgumentException("P-256 key: no point of the curve", offCurve);
        }
    }

    /** @throws IllegalArgumentException unless this is a DER SubjectPublicKeyInfo of a P-256 key */
    public static P256PublicKey ofSpki(byte[] der) {
        for (byte[] header : new byte[][] {P256.SPKI_UNCOMPRESSED, P256.SPKI_COMPRESSED}) {
            if (der.length > header.length && Arrays.equals(der, 0, header.length, header, 0, header.length)) {
                return ofPoint(Arrays.copyOfRange(der, header.length, der.length));
            }
        }
        throw new IllegalArgumentException(
                "P-256 key: " + der.length + " bytes are no SubjectPublicKeyInfo of that curve");
    }

    /** 33 bytes, SEC 1. */
    public byte[] compressed() {
        return parameters.getQ().getEncoded(true);
    }

    /** 65 bytes, SEC 1. */
    public byte[] uncompressed() {
        return parameters.getQ().getEncoded(false);
    }

    /** DER SubjectPublicKeyInfo, point uncompressed. */
    public byte[] spki() {
        byte[] header = P256.SPKI_UNCOMPRESSED;
        byte[] der = Arrays.copyOf(header, header.length + P256.UNCOMPRESSED_LENGTH);
        System.arraycopy(uncompressed(), 0, der, header.length, P256.UNCOMPRESSED_LENGTH);
        return der;
    }

    /** SHA-256 of the SubjectPublicKeyInfo. */
    public Opaque thumbprint() {
        return Opaque.of(Hashes.sha256(spki()));
    }

    /** Whether r and s, 32 bytes each, sign this digest. False for anything malformed. */
    public boolean verifyDigest(byte[] sha256, byte[] signature) {
        if (sha256.length != P256.FIELD_LENGTH || signature.length != SIGNATURE_LENGTH) {
            return false;
        }
        BigInteger r = new BigInteger(1, signature, 0, P256.FIELD_LENGTH);
        BigInteger s = new BigInteger(1, signature, P256.FIELD_LENGTH, P256.FIELD_LENGTH);
        ECDSASigner verifier = new ECDSASigner();
        verifier.init(false, parameters);
        return verifier.verifySignature(sha256, r, s); // refuses r and s out of range
    }

    /**
     * The key with this thumbprint, if it made this signature: an ECDSA signature leaves few keys that can have made it,
     * and they can be computed (SEC 1 4.1.6). So who knows only a thumbprint can verify as well as who has the key.
     *
     * @param signature r and s, 32 bytes each
     */
    public static Optional<P256PublicKey> signer(byte[] sha256, byte[] signature, Opaque thumbprint) {
        if (sha256.length != P256.FIELD_LENGTH || signature.length != SIGNATURE_LENGTH) {
            return Optional.empty();
        }
        return Stream.of((byte) 2, (byte) 3)
                .flatMap(sign -> candidate(sha256, signature, sign).stream())
                .filter(key -> key.thumbprint().equals(thumbprint) && key.verifyDigest(sha256, signature))
                .findFirst();
    }

    /** Q = r^-1 (sR - eG), where R has x coordinate r. That x is r + n, not r, happens once in 2^128 signatures. */
    private static Optional<P256PublicKey> candidate(byte[] sha256, byte[] signature, byte sign) {
        BigInteger n = P256.DOMAIN.getN();
        BigInteger r = new BigInteger(1, signature, 0, P256.FIELD_LENGTH);
        BigInteger s = new BigInteger(1, signature, P256.FIELD_LENGTH, P256.FIELD_LENGTH);
        if (r.signum() == 0 || r.compareTo(n) >= 0) {
            return Optional.empty();
        }
        byte[] compressed = new byte[P256.COMPRESSED_LENGTH];
        compressed[0] = sign;
        System.arraycopy(signature, 0, compressed, 1, P256.FIELD_LENGTH);
        try {
            ECPoint point = P256.DOMAIN.getCurve().decodePoint(compressed);
            BigInteger inverse = r.modInverse(n);
            BigInteger ofBase =
                    new BigInteger(1, sha256).negate().multiply(inverse).mod(n);
            BigInteger ofPoint = s.multiply(inverse).mod(n);
            ECPoint key = ECAlgorithms.sumOfTwoMultiplies(P256.DOMAIN.getG(), ofBase, point, ofPoint);
            return Optional.of(new P256PublicKey(key));
        } catch (IllegalArgumentException notOnTheCurve) {
            return Optional.empty();
        }
    }

    /** For Bouncy Castle's own builders. */
    public ECPublicKeyParameters parameters() {
        return parameters;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof P256PublicKey that && parameters.getQ().equals(that.parameters.getQ());
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(compressed());
    }

    @Override
    public String toString() {
        return "P-256 " + thumbprint();
    }
}
