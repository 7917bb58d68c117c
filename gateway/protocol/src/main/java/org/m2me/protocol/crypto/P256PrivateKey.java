// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.crypto;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Arrays;
import org.bouncycastle.crypto.agreement.ECDHBasicAgreement;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.params.ECNamedDomainParameters;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.HMacDSAKCalculator;
import org.bouncycastle.crypto.util.PrivateKeyFactory;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;
import org.bouncycastle.util.BigIntegers;

/**
 * A P-256 private key in a {@link SecretBytes}; signatures are deterministic (RFC 6979). Bouncy Castle computes with
 * immutable numbers that cannot be wiped: they are made for each use and left to the garbage collector.
 */
public final class P256PrivateKey implements Signer, KeyAgreement, AutoCloseable {
    private final SecretBytes scalar;
    private final P256PublicKey publicKey;

    /** Takes over a scalar that is in range. */
    private P256PrivateKey(SecretBytes scalar) {
        this.scalar = scalar;
        publicKey = new P256PublicKey(new FixedPointCombMultiplier().multiply(P256.DOMAIN.getG(), number(scalar)));
    }

    /** A fresh key. */
    public static P256PrivateKey generate(SecureRandom random) {
        while (true) {
            SecretBytes candidate = SecretBytes.random(P256.FIELD_LENGTH, random);
            if (inRange(number(candidate))) {
                return new P256PrivateKey(candidate);
            }
            candidate.close(); // one in 2^32: the group is a little smaller than 2^256
        }
    }

    /**
     * A key that was sealed before.
     *
     * @param scalar 32 bytes, big-endian; the caller keeps and closes it
     * @throws IllegalArgumentException if it is not between 1 and the order of the group
     */
    public static P256PrivateKey ofScalar(SecretBytes scalar) {
        if (scalar.length() != P256.FIELD_LENGTH || !inRange(number(scalar))) {
            throw new IllegalArgumentException("P-256 key: the scalar is out of range");
        }
        return new P256PrivateKey(scalar.copy());
    }

    /** @throws IllegalArgumentException unless this is an unencrypted PKCS#8 P-256 key */
    public static P256PrivateKey ofPkcs8(SecretBytes der) {
        return der.use(bytes -> {
            try {
                if (PrivateKeyFactory.createKey(bytes) instanceof ECPrivateKeyParameters key
                        && key.getParameters() instanceof ECNamedDomainParameters domain
                        && domain.getName().equals(P256.DOMAIN.getName())) {
                    return new P256PrivateKey(SecretBytes.takeFrom(unsigned(key.getD())));
                }
            } catch (IOException | RuntimeException malformed) {
                // Its text could quote the key, so it goes no further: the refusal below says what was wanted.
                throw new IllegalArgumentException("P-256 key: not PKCS#8");
            }
            throw new IllegalArgumentException("P-256 key: PKCS#8 of another kind of key");
        });
    }

    /** The 32-byte scalar, to be sealed. */
    public SecretBytes scalar() {
        return scalar.copy();
    }

    /** Unencrypted PKCS#8, for a key file of mode 0600 or a TLS key store. */
    public SecretBytes pkcs8() {
        return scalar.use(raw -> {
            int length = P256.PKCS8_SCALAR.length + raw.length + P256.PKCS8_POINT.length + P256.UNCOMPRESSED_LENGTH;
            byte[] der = ByteBuffer.allocate(length)
                    .put(P256.PKCS8_SCALAR)
                    .put(raw)
                    .put(P256.PKCS8_POINT)
                    .put(publicKey.uncompressed())
                    .array();
            return SecretBytes.takeFrom(der);
        });
    }

    @Override
    public P256PublicKey publicKey() {
        return publicKey;
    }

    @Override
    public byte[] signDigest(byte[] sha256) {
        if (sha256.length != P256.FIELD_LENGTH) {
            throw new IllegalArgumentException("digest: " + sha256.length + " bytes, wants " + P256.FIELD_LENGTH);
        }
        ECDSASigner signer = new ECDSASigner(new HMacDSAKCalculator(new SHA256Digest()));
        signer.init(true, parameters());
        BigInteger[] rs = signer.generateSignature(sha256);
        byte[] signature = Arrays.copyOf(unsigned(rs[0]), 2 * P256.FIELD_LENGTH);
        System.arraycopy(unsigned(rs[1]), 0, signature, P256.FIELD_LENGTH, P256.FIELD_LENGTH);
        return signature;
    }

    @Override
    public SecretBytes agree(P256PublicKey peer) {
        ECDHBasicAgreement agreement = new ECDHBasicAgreement();
        agreement.init(parameters());
        return SecretBytes.takeFrom(unsigned(agreement.calculateAgreement(peer.parameters())));
    }

    @Override
    public void close() {
        scalar.close();
    }

    /** The public half only. */
    @Override
    public String toString() {
        return "private key of " + publicKey;
    }

    private ECPrivateKeyParameters parameters() {
        return new ECPrivateKeyParameters(number(scalar), P256.DOMAIN);
    }

    private static BigInteger number(SecretBytes scalar) {
        return scalar.use(raw -> new BigInteger(1, raw));
    }

    private static boolean inRange(BigInteger scalar) {
        return scalar.signum() > 0 && scalar.compareTo(P256.DOMAIN.getN()) < 0;
    }

    private static byte[] unsigned(BigInteger number) {
        return BigIntegers.asUnsignedByteArray(P256.FIELD_LENGTH, number);
    }
}
