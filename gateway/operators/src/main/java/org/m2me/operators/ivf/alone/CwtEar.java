// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.ivf.alone;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.m2me.protocol.cbor.CborException;
import org.m2me.protocol.cbor.CborMap;
import org.m2me.protocol.cbor.CborValue;
import org.m2me.protocol.crypto.Hashes;
import org.m2me.protocol.crypto.P256PublicKey;

/**
 * An EAR as CWT: a COSE_Sign1 of any verifier, with or without the tags of a CWT and of a COSE_Sign1. Wider than the
 * project's own profile in what may stand in its headers; as strict in that it has to be deterministic CBOR.
 */
final class CwtEar {
    private static final int TAG_CWT = 61;
    private static final int TAG_SIGN1 = 18;
    private static final byte[] CWT_PREFIX = {(byte) 0xD8, TAG_CWT};
    private static final byte SIGN1_PREFIX = (byte) 0xD2;
    private static final int SIGNATURE_LENGTH = 64;

    // Header parameters and algorithms (RFC 9052 3.1, RFC 9053 2.1, RFC 9864).
    private static final long ALGORITHM = 1;
    private static final long CRITICAL = 2;
    private static final long ESP256 = -9;
    private static final long ES256 = -7;

    // Claims: CWT, EAT, and the labels that the EAR draft suggests.
    private static final long SUBJECT = 2;
    private static final long EXPIRES = 4;
    private static final long ISSUED = 6;
    private static final long UEID = 256;
    private static final long PROFILE = 265;
    private static final long SUBMODULES = 266;
    private static final long STATUS = 1000;
    private static final long POLICY_IDS = 1003;

    private static final int UEID_LENGTH_MAX = 33; // RFC 9711 4.2.1
    private static final int TEXT_MAX = 256;
    private static final int POLICIES_MAX = 16;
    private static final long EPOCH_SECOND_MAX = 253_402_300_799L; // the last second of the year 9999
    private static final String ISSUE =
            "have the verifier issue a COSE_Sign1 with ES256 in deterministic CBOR (RFC 8949 4.2) as draft-ietf-rats-ear says";

    private final byte[] protectedHeader;
    private final byte[] payload;
    private final byte[] signature;

    private CwtEar(byte[] token) throws CborException {
        boolean tagged = token.length > 2 && token[0] == CWT_PREFIX[0] && token[1] == CWT_PREFIX[1];
        CborValue value = CborValue.decode(token);
        if (tagged) {
            value = value.untagged(TAG_CWT);
        }
        if (token.length > 2 && token[tagged ? 2 : 0] == SIGN1_PREFIX) {
            value = value.untagged(TAG_SIGN1);
        }
        List<CborValue> parts = value.array(4, 4);
        protectedHeader = parts.get(0).bytes(1, Integer.MAX_VALUE);
        payload = parts.get(2).bytes(1, Integer.MAX_VALUE);
        signature = parts.get(3).bytes(SIGNATURE_LENGTH, SIGNATURE_LENGTH);
        CborMap header = CborMap.decode(protectedHeader);
        if (header.has(CRITICAL) || parts.get(1).map().has(CRITICAL)) {
            throw new CborException("header: something critical that is not known here");
        }
        long algorithm = header.integer(ALGORITHM);
        if (algorithm != ES256 && algorithm != ESP256) {
            throw new CborException("algorithm " + algorithm + " is not taken");
        }
    }

    static Ear read(byte[] token, Issuers issuers) throws Fault {
        try {
            CwtEar ear = new CwtEar(token);
            String issuer = issuers.signer(ear::isBy);
            return ear.read(issuer);
        } catch (CborException | ArithmeticException malformed) {
            throw Fault.malformed("token", String.valueOf(malformed.getMessage()), ISSUE);
        }
    }

    /** Whether this key signed the Sig_structure (RFC 9052 4.4). */
    private boolean isBy(P256PublicKey key) {
        byte[] structure = CborValue.array(
                        CborValue.of("Signature1"),
                        CborValue.of(protectedHeader),
                        CborValue.of(new byte[0]),
                        CborValue.of(payload))
                .encode();
        return key.verifyDigest(Hashes.sha256(structure), signature);
    }

    private Ear read(String issuer) throws CborException, Fault {
        CborMap claims = CborMap.decode(payload);
        if (!claims.has(PROFILE)) {
            throw Fault.malformed("eat_profile (265)", "is missing", ISSUE);
        }
        List<Ear.Status> statuses = new ArrayList<>();
        List<String> policies = new ArrayList<>();
        for (CborValue submodule : claims.map(SUBMODULES).textEntries().values()) {
            CborMap appraisal = submodule.map();
            statuses.add(Ear.Status.ofTier(appraisal.integer(STATUS)));
            if (appraisal.has(POLICY_IDS)) {
                for (CborValue policy : appraisal.array(POLICY_IDS, POLICIES_MAX)) {
                    policies.add(policy.text(TEXT_MAX));
                }
            }
        }
        if (statuses.isEmpty()) {
            throw Fault.malformed("submods (266)", "has no appraisal", ISSUE);
        }
        return new Ear(
                Ear.Form.CWT,
                issuer,
                claims.has(UEID)
                        ? Optional.of(HexFormat.of().formatHex(claims.bytes(UEID, 1, UEID_LENGTH_MAX)))
                        : Optional.empty(),
                claims.has(SUBJECT) ? Optional.of(claims.text(SUBJECT, TEXT_MAX)) : Optional.empty(),
                time(claims, ISSUED),
                claims.has(EXPIRES) ? Optional.of(time(claims, EXPIRES)) : Optional.empty(),
                Ear.Status.worst(statuses),
                policies);
    }

    private static Instant time(CborMap claims, long label) throws CborException {
        return Instant.ofEpochSecond(claims.integer(label, 0, EPOCH_SECOND_MAX));
    }
}
