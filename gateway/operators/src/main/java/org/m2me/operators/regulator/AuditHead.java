// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.regulator;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.Collection;
import org.m2me.protocol.cbor.CborException;
import org.m2me.protocol.cbor.CborMap;
import org.m2me.protocol.cose.CoseSign1;
import org.m2me.protocol.crypto.ForgedException;
import org.m2me.protocol.crypto.Signer;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.pki.Certificate;
import org.m2me.protocol.pki.CertificatePath;
import org.m2me.protocol.pki.CertificateRefused;

/**
 * How far the record goes, signed by the regulator: a COSE_Sign1 with the regulator's certificate beside it.
 *
 * @param number of the last entry, 0 for none
 * @param hash of it
 * @param at when it was signed
 */
record AuditHead(long number, Opaque hash, Instant at) {
    /** Common name of the regulator's certificates. */
    static final String SIGNER = "regulator";

    /** So that no other signature of the regulator passes for a head. */
    private static final String PURPOSE = "m2me audit head";

    /** A head is about 150 bytes and its certificate about 600. */
    private static final int PART_MAX = 2048;

    private static final int HASH_LENGTH = 32;

    private static final int SIGNED = 1;
    private static final int CERTIFICATE = 2;

    private static final int NUMBER = 1;
    private static final int HASH = 2;
    private static final int AT = 3;

    /** @param certificate the regulator's, for this key */
    Opaque sign(Certificate certificate, Signer key) {
        byte[] claims = CborMap.builder()
                .put(NUMBER, number)
                .put(HASH, hash.bytes())
                .put(AT, at.toEpochMilli())
                .build()
                .encode();
        return Opaque.of(CborMap.builder()
                .put(SIGNED, CoseSign1.sign(claims, PURPOSE, key))
                .put(CERTIFICATE, certificate.der())
                .build()
                .encode());
    }

    /**
     * Reads a head that a regulator signed whose certificate comes from one of the anchors and was valid then: a record is
     * read longer than certificates last.
     *
     * @throws ForgedException if it is not that
     */
    static AuditHead verify(Opaque head, Collection<Certificate> anchors) throws ForgedException {
        try {
            CborMap parts = CborMap.decode(head.bytes());
            Certificate signer = Certificate.parse(parts.bytes(CERTIFICATE, 1, PART_MAX));
            byte[] claims = CoseSign1.parse(parts.bytes(SIGNED, 1, PART_MAX)).verify(signer.publicKey(), PURPOSE);
            CborMap read = CborMap.decode(claims);
            AuditHead result = new AuditHead(
                    read.integer(NUMBER, 0, Long.MAX_VALUE),
                    Opaque.of(read.bytes(HASH, HASH_LENGTH, HASH_LENGTH)),
                    Instant.ofEpochMilli(read.integer(AT)));
            CertificatePath.verify(signer, anchors, result.at());
            if (!signer.commonName().equals(SIGNER)) {
                throw new ForgedException("signed by " + signer.commonName() + ", which is no regulator");
            }
            return result;
        } catch (CertificateRefused refused) {
            throw new ForgedException("signer's certificate: " + refused.getMessage());
        } catch (CborException | IllegalArgumentException | DateTimeException malformed) {
            throw new ForgedException("is none: " + malformed.getMessage());
        }
    }
}
