// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.cose;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.m2me.protocol.cbor.CborException;
import org.m2me.protocol.cbor.CborMap;
import org.m2me.protocol.cbor.CborValue;
import org.m2me.protocol.crypto.ForgedException;
import org.m2me.protocol.crypto.Hashes;
import org.m2me.protocol.crypto.P256PublicKey;
import org.m2me.protocol.crypto.Signer;
import org.m2me.protocol.identity.Opaque;

/**
 * COSE_Sign1 (RFC 9052 4.2), tag 18, ESP256 (-9; ES256, -7, is accepted), with the first 8 bytes of the signer's key
 * thumbprint as {@code kid} in the protected header. Nothing is outside of what is signed: the unprotected header is
 * empty.
 */
public final class CoseSign1 {
    /** The purpose of objects whose standard leaves no room for one: EAT, EAR and CoRIM say inside what they are. */
    public static final String NO_PURPOSE = "";

    private static final int TAG = 18;
    private static final int KID_LENGTH = 8;
    private static final int SIGNATURE_LENGTH = 64;

    // Header parameters: RFC 9052 3.1, RFC 9597.
    private static final long ALGORITHM = 1;
    private static final long CONTENT_TYPE = 3;
    private static final long KID = 4;
    private static final long CWT_CLAIMS = 15;

    // RFC 9864: ESP256 names the curve, ES256 is the older name for the same thing on P-256.
    private static final long ESP256 = -9;
    private static final long ES256 = -7;

    private final byte[] protectedHeader;
    private final Opaque kid;
    private final byte[] payload;
    private final byte[] signature;

    private CoseSign1(CborValue value) throws CborException {
        List<CborValue> parts = value.untagged(TAG).array(4, 4);
        protectedHeader = parts.get(0).bytes(1, Integer.MAX_VALUE);
        CborMap header = CborMap.decode(protectedHeader);
        header.checkOnly(Set.of(ALGORITHM, CONTENT_TYPE, KID, CWT_CLAIMS)); // so nothing critical is overlooked
        long algorithm = header.integer(ALGORITHM);
        if (algorithm != ESP256 && algorithm != ES256) {
            throw new CborException("algorithm " + algorithm);
        }
        kid = Opaque.of(header.bytes(KID, KID_LENGTH, KID_LENGTH));
        parts.get(1).map().checkOnly(Set.of());
        payload = parts.get(2).bytes(0, Integer.MAX_VALUE);
        signature = parts.get(3).bytes(SIGNATURE_LENGTH, SIGNATURE_LENGTH);
    }

    /** Signs a payload; {@code purpose} is the external associated data, so that a signature serves for one purpose only. */
    public static byte[] sign(byte[] payload, String purpose, Signer signer) {
        return sign(payload, purpose, signer, CborMap.builder());
    }

    /** Signs a payload whose standard asks for a content type and names its issuer in the header (RFC 9597). */
    public static byte[] sign(byte[] payload, String contentType, String issuer, Signer signer) {
        CborMap claims = CborMap.builder().put(1, issuer).build();
        CborMap.Builder header =
                CborMap.builder().put(CONTENT_TYPE, contentType).put(CWT_CLAIMS, claims);
        return sign(payload, NO_PURPOSE, signer, header);
    }

    private static byte[] sign(byte[] payload, String purpose, Signer signer, CborMap.Builder header) {
        byte[] encodedHeader = header.put(ALGORITHM, ESP256)
                .put(KID, kidOf(signer.publicKey()).bytes())
                .build()
                .encode();
        byte[] signature = signer.signDigest(digest(encodedHeader, purpose, payload));
        CborValue array = CborValue.array(
                CborValue.of(encodedHeader),
                CborValue.of(CborMap.builder().build()),
                CborValue.of(payload),
                CborValue.of(signature));
        return CborValue.tagged(TAG, array).encode();
    }

    /** @throws ForgedException if these bytes are no COSE_Sign1 of this profile */
    public static CoseSign1 parse(byte[] bytes) throws ForgedException {
        try {
            return new CoseSign1(CborValue.decode(bytes));
        } catch (CborException malformed) {
            throw new ForgedException("COSE_Sign1: " + malformed.getMessage());
        }
    }

    /** What {@link #kid()} is for this key. */
    public static Opaque kidOf(P256PublicKey key) {
        return Opaque.of(Arrays.copyOf(key.thumbprint().bytes(), KID_LENGTH));
    }

    /** The first 8 bytes of the thumbprint of the key that is said to have signed: to look it up, not to trust it. */
    public Opaque kid() {
        return kid;
    }

    /** The payload, if the signature verifies with this key and purpose. @throws ForgedException if not */
    public byte[] verify(P256PublicKey key, String purpose) throws ForgedException {
        if (!kid.equals(kidOf(key))) {
            throw new ForgedException("COSE_Sign1: signed by key " + kid + ", not by " + kidOf(key));
        }
        if (!key.verifyDigest(digest(protectedHeader, purpose, payload), signature)) {
            throw new ForgedException("COSE_Sign1: the signature does not verify");
        }
        return payload.clone();
    }

    /**
     * The payload, if the signature verifies with the key that has this thumbprint, for who knows no more of it.
     *
     * @throws ForgedException if not
     */
    public byte[] verify(Opaque thumbprint, String purpose) throws ForgedException {
        P256PublicKey key = P256PublicKey.signer(digest(protectedHeader, purpose, payload), signature, thumbprint)
                .orElseThrow(() -> new ForgedException("COSE_Sign1: not signed by key " + thumbprint));
        return verify(key, purpose);
    }

    /** The payload before anything was verified: to look up who signed, not to act on. */
    public byte[] unverifiedPayload() {
        return payload.clone();
    }

    /** SHA-256 of the Sig_structure (RFC 9052 4.4). */
    private static byte[] digest(byte[] protectedHeader, String purpose, byte[] payload) {
        return Hashes.sha256(CborValue.array(
                        CborValue.of("Signature1"),
                        CborValue.of(protectedHeader),
                        CborValue.of(purpose.getBytes(StandardCharsets.UTF_8)),
                        CborValue.of(payload))
                .encode());
    }
}
