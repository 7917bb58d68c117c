// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.crypto;

import java.util.HexFormat;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.ECNamedDomainParameters;

/** The curve P-256 (secp256r1), in the implementation that is made for it: the generic one is seven times slower. */
final class P256 {
    static final ECNamedDomainParameters DOMAIN = new ECNamedDomainParameters(
            X9ObjectIdentifiers.prime256v1, CustomNamedCurves.getByOID(X9ObjectIdentifiers.prime256v1));

    /** Bytes of a scalar or a coordinate. */
    static final int FIELD_LENGTH = 32;

    /** Bytes of a compressed point, SEC 1. */
    static final int COMPRESSED_LENGTH = 33;

    /** Bytes of an uncompressed point, SEC 1. */
    static final int UNCOMPRESSED_LENGTH = 65;

    // DER is fixed for one curve and one form of point, so these headers are the whole of it (RFC 5480, RFC 5915).
    private static final String ALGORITHM = "301306072a8648ce3d020106082a8648ce3d030107";

    /** SubjectPublicKeyInfo, up to an uncompressed point. */
    static final byte[] SPKI_UNCOMPRESSED = HexFormat.of().parseHex("3059" + ALGORITHM + "034200");

    /** SubjectPublicKeyInfo, up to a compressed point. */
    static final byte[] SPKI_COMPRESSED = HexFormat.of().parseHex("3039" + ALGORITHM + "032200");

    /** PKCS#8 with its ECPrivateKey, up to the scalar. */
    static final byte[] PKCS8_SCALAR = HexFormat.of().parseHex("308187020100" + ALGORITHM + "046d306b0201010420");

    /** PKCS#8, from the scalar to the uncompressed point. */
    static final byte[] PKCS8_POINT = HexFormat.of().parseHex("a144034200");

    private P256() {}
}
