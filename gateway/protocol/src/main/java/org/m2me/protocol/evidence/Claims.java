// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.evidence;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.m2me.protocol.cbor.CborException;
import org.m2me.protocol.cbor.CborMap;
import org.m2me.protocol.cbor.CborValue;
import org.m2me.protocol.cose.CoseKey;
import org.m2me.protocol.crypto.ForgedException;
import org.m2me.protocol.crypto.P256PublicKey;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Ueid;

/** Labels of claims, those of drafts among them here and nowhere else, and the types that claims are read as. */
final class Claims {
    // CWT (RFC 8392) and proof of possession (RFC 8747).
    static final long ISSUER = 1;
    static final long EXPIRES = 4;
    static final long ISSUED = 6;
    static final long CONFIRMATION = 8;
    static final long CONFIRMATION_KEY = 1;

    // EAT (RFC 9711).
    static final long NONCE = 10;
    static final long UEID = 256;
    static final long HARDWARE_MODEL = 259;
    static final long PROFILE = 265;
    static final long SUBMODULES = 266;
    static final long BOOT_COUNT = 267;
    static final long MEASUREMENTS = 273;

    // EAR (draft-ietf-rats-ear-04); the drafts suggest these labels.
    static final long EAR_STATUS = 1000;
    static final long EAR_VECTOR = 1001;
    static final long EAR_POLICY_IDS = 1003;
    static final long EAR_VERIFIER_ID = 1004;
    static final String EAR_PROFILE = "tag:ietf.org,2026:rats/ear#03";

    // Private to this project: below -65536 (RFC 8392 9.1).
    static final long TRE_STATE = -70001;
    static final long STORE_GENERATION = -70002;
    static final long REFERENCE_SET = -70003;
    static final long COMPONENTS = -70004;
    static final long CREDENTIAL = -70005;
    static final long FIRMWARE = -70006;
    static final String EVIDENCE_PROFILE = "m2m-ev1";

    /** Named Information hash algorithm registry: sha-256. */
    static final long SHA_256 = 1;

    static final int SHA_256_LENGTH = 32;

    /** Components of a device: the evidence of so many still fits its resource. */
    static final int COMPONENTS_MAX = 16;

    /** Bytes of UTF-8 in names of components, their versions and hardware models: they go over the air. */
    static final int SHORT_TEXT_MAX = 32;

    /** Bytes of UTF-8 in identifiers that stay in the network. */
    static final int LONG_TEXT_MAX = 64;

    /** The last second of the year 9999. */
    private static final long EPOCH_SECOND_MAX = 253_402_300_799L;

    private Claims() {}

    static CborMap confirmation(P256PublicKey key) {
        return CborMap.builder().put(CONFIRMATION_KEY, CoseKey.encode(key)).build();
    }

    static P256PublicKey confirmationKey(CborMap claims) throws CborException {
        return CoseKey.decode(claims.map(CONFIRMATION).map(CONFIRMATION_KEY));
    }

    static Nonce nonce(CborMap claims) throws CborException {
        return new Nonce(Opaque.of(claims.bytes(NONCE, Nonce.LENGTH, Nonce.LENGTH)));
    }

    static Ueid ueid(CborMap claims) throws CborException {
        return new Ueid(Opaque.of(claims.bytes(UEID, Ueid.LENGTH, Ueid.LENGTH)));
    }

    static long count(CborMap claims, long label) throws CborException {
        return claims.integer(label, 0, Long.MAX_VALUE);
    }

    static Opaque digest(CborMap claims, long label) throws CborException {
        return Opaque.of(claims.bytes(label, SHA_256_LENGTH, SHA_256_LENGTH));
    }

    static Instant instant(CborMap claims, long label) throws CborException {
        return instant(claims.value(label));
    }

    /** Whole seconds, no floats: so the drafts have it too. */
    static Instant instant(CborValue value) throws CborException {
        return Instant.ofEpochSecond(value.integer(0, EPOCH_SECOND_MAX));
    }

    /** @throws CborException unless the profile is this one */
    static void checkProfile(CborMap claims, String profile) throws CborException {
        String found = claims.text(PROFILE, LONG_TEXT_MAX);
        if (!found.equals(profile)) {
            throw new CborException("profile: " + found + ", wants " + profile);
        }
    }

    /** @throws IllegalArgumentException unless the text has 1 to {@code max} bytes of UTF-8 */
    static void checkText(String name, String text, int max) {
        int length = text.getBytes(StandardCharsets.UTF_8).length;
        if (length == 0 || length > max) {
            throw new IllegalArgumentException(name + ": " + length + " bytes, wants 1 to " + max);
        }
    }

    /** @throws IllegalArgumentException unless this is a SHA-256 */
    static void checkDigest(String name, Opaque digest) {
        if (digest.length() != SHA_256_LENGTH) {
            throw new IllegalArgumentException(name + ": " + digest.length() + " bytes, wants " + SHA_256_LENGTH);
        }
    }

    /** @throws IllegalArgumentException if there is none, too many, or one twice: which of the two would count? */
    static void checkComponents(List<String> names) {
        Set<String> seen = new HashSet<>(names);
        if (names.isEmpty() || names.size() > COMPONENTS_MAX || seen.size() != names.size()) {
            throw new IllegalArgumentException(
                    "components: wants 1 to " + COMPONENTS_MAX + " different ones: " + names);
        }
    }

    /** Reads a signed object; whatever is wrong with its form makes it one that the signer cannot have meant. */
    static <T> T read(String what, Reading<T> reading) throws ForgedException {
        try {
            return reading.read();
        } catch (CborException | IllegalArgumentException malformed) {
            throw new ForgedException(what + ": " + malformed.getMessage());
        }
    }

    /** Reads from CBOR. */
    interface Reading<T> {
        T read() throws CborException;
    }
}
