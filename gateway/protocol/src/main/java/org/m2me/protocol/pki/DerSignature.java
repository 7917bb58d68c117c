// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.pki;

import java.io.IOException;
import java.math.BigInteger;
import java.util.Arrays;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.signers.StandardDSAEncoding;
import org.bouncycastle.util.BigIntegers;
import org.m2me.protocol.crypto.Hashes;
import org.m2me.protocol.crypto.P256PublicKey;
import org.m2me.protocol.crypto.Signer;

/** ECDSA signatures with SHA-256 as X.509, OCSP and CMS carry them: r and s in a DER sequence (RFC 5758 3.2). */
public final class DerSignature {
    /** The algorithm's name, its parameters absent as RFC 5758 wants them. */
    public static final AlgorithmIdentifier ALGORITHM = new AlgorithmIdentifier(X9ObjectIdentifiers.ecdsa_with_SHA256);

    private static final int NUMBER_LENGTH = 32;

    private DerSignature() {}

    /** Signs this content. */
    public static byte[] sign(byte[] content, Signer signer) {
        byte[] signature = signer.signDigest(Hashes.sha256(content));
        BigInteger r = new BigInteger(1, signature, 0, NUMBER_LENGTH);
        BigInteger s = new BigInteger(1, signature, NUMBER_LENGTH, NUMBER_LENGTH);
        try {
            return StandardDSAEncoding.INSTANCE.encode(order(signer.publicKey()), r, s);
        } catch (IOException impossible) {
            throw new IllegalStateException("a sequence of two integers", impossible);
        }
    }

    /** Whether this key signed this content. False for anything that is not the one encoding of a signature. */
    public static boolean verify(byte[] content, byte[] signature, P256PublicKey key) {
        try {
            BigInteger[] numbers = StandardDSAEncoding.INSTANCE.decode(order(key), signature);
            byte[] fixed = Arrays.copyOf(BigIntegers.asUnsignedByteArray(NUMBER_LENGTH, numbers[0]), 2 * NUMBER_LENGTH);
            System.arraycopy(
                    BigIntegers.asUnsignedByteArray(NUMBER_LENGTH, numbers[1]), 0, fixed, NUMBER_LENGTH, NUMBER_LENGTH);
            return key.verifyDigest(Hashes.sha256(content), fixed);
        } catch (IOException | RuntimeException malformed) { // Bouncy Castle's parser throws either
            return false;
        }
    }

    private static BigInteger order(P256PublicKey key) {
        ECPublicKeyParameters parameters = key.parameters();
        return parameters.getParameters().getN();
    }
}
