// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.message;

import java.time.Instant;
import java.util.Collection;
import java.util.Set;
import org.m2me.protocol.cbor.CborException;
import org.m2me.protocol.cbor.CborMap;
import org.m2me.protocol.cose.CoseSign1;
import org.m2me.protocol.crypto.ForgedException;
import org.m2me.protocol.crypto.Signer;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.pki.Certificate;
import org.m2me.protocol.pki.CertificatePath;
import org.m2me.protocol.pki.CertificateRefused;

/**
 * The old operator's answer to a {@link Release} (TR 33.812 5.1.3.8.4.2 step 10), signed, with the operator's certificate
 * beside it. The device passes it to the DPF, which lets through only that it is there.
 */
public record ReleaseAcknowledgement(Ueid device) {
    /** Bytes: a certificate, and a token of about 120. */
    public static final int SIZE_MAX = 1280;

    private static final String PURPOSE = "m2me release acknowledgement";
    private static final String OPERATORS = "sho.";
    private static final long TOKEN = 1;
    private static final long CERTIFICATE = 2;
    private static final long DEVICE = 2;

    /** @param certificate the operator's, for this key */
    public Opaque sign(Certificate certificate, Signer key) {
        byte[] payload =
                CborMap.builder().put(DEVICE, device.value().bytes()).build().encode();
        return Opaque.of(CborMap.builder()
                .put(TOKEN, CoseSign1.sign(payload, PURPOSE, key))
                .put(CERTIFICATE, certificate.der())
                .build()
                .encode());
    }

    /**
     * Reads and verifies.
     *
     * @throws CertificateRefused if the signer's certificate does not come from one of the anchors, or is of another time
     * @throws ForgedException if no operator has signed it
     */
    public static ReleaseAcknowledgement verify(byte[] signed, Collection<Certificate> anchors, Instant now)
            throws ForgedException, CertificateRefused {
        try {
            Fields parts = Fields.decode(signed, Set.of(TOKEN, CERTIFICATE));
            Certificate signer = Certificate.parse(parts.map().bytes(CERTIFICATE, 1, SIZE_MAX));
            CertificatePath.verify(signer, anchors, now);
            if (!signer.commonName().startsWith(OPERATORS)) {
                throw new ForgedException("release acknowledgement: " + signer.commonName() + " is no operator");
            }
            byte[] payload =
                    CoseSign1.parse(parts.map().bytes(TOKEN, 1, SIZE_MAX)).verify(signer.publicKey(), PURPOSE);
            Fields fields = Fields.decode(payload, Set.of(DEVICE));
            return new ReleaseAcknowledgement(
                    new Ueid(Opaque.of(fields.map().bytes(DEVICE, Ueid.LENGTH, Ueid.LENGTH))));
        } catch (CborException | IllegalArgumentException malformed) {
            throw new ForgedException("release acknowledgement: " + malformed.getMessage());
        }
    }
}
