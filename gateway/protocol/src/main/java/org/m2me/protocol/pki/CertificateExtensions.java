// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.pki;

import java.io.IOException;
import java.util.Optional;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.m2me.protocol.crypto.P256PublicKey;

/** The extensions that each kind of certificate has (RFC 5280 4.2). */
final class CertificateExtensions {
    private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|[0-9A-Fa-f]*:[0-9A-Fa-f:.]*");
    private static final int NO_AUTHORITY_BELOW = 0;

    private final ExtensionsGenerator generator = new ExtensionsGenerator();

    private CertificateExtensions() {}

    static Optional<Extensions> ofAuthority(P256PublicKey key) {
        return new CertificateExtensions()
                .with(Extension.basicConstraints, true, new BasicConstraints(NO_AUTHORITY_BELOW))
                .with(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign))
                .with(Extension.subjectKeyIdentifier, false, new SubjectKeyIdentifier(KeyIdentifier.of(key)))
                .generated();
    }

    static Optional<Extensions> of(CertificateAuthority.Request request, P256PublicKey issuer) {
        CertificateExtensions extensions = new CertificateExtensions();
        switch (request.usage()) {
            case DEVICE -> {} // none: absence already means that it is no authority, and each would cost 20 bytes of
            // air
            case ROLE -> {
                extensions.purposes(KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth);
                extensions.identifiers(request.key(), issuer);
            }
            case OCSP -> {
                extensions.purposes(KeyPurposeId.id_kp_OCSPSigning);
                // RFC 6960 4.2.2.2.1: nobody asks for the status of the one who answers; it lives short instead.
                extensions.with(OCSPObjectIdentifiers.id_pkix_ocsp_nocheck, false, DERNull.INSTANCE);
                extensions.identifiers(request.key(), issuer);
            }
        }
        if (!request.host().isEmpty()) {
            extensions.with(Extension.subjectAlternativeName, false, new GeneralNames(host(request.host())));
        }
        return extensions.generated();
    }

    private Optional<Extensions> generated() {
        return generator.isEmpty() ? Optional.empty() : Optional.of(generator.generate());
    }

    private void purposes(KeyPurposeId... purposes) {
        with(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
        with(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purposes));
    }

    private void identifiers(P256PublicKey key, P256PublicKey issuer) {
        with(Extension.subjectKeyIdentifier, false, new SubjectKeyIdentifier(KeyIdentifier.of(key)));
        with(Extension.authorityKeyIdentifier, false, new AuthorityKeyIdentifier(KeyIdentifier.of(issuer)));
    }

    private static GeneralName host(String host) {
        return new GeneralName(ADDRESS.matcher(host).matches() ? GeneralName.iPAddress : GeneralName.dNSName, host);
    }

    private CertificateExtensions with(ASN1ObjectIdentifier name, boolean critical, ASN1Encodable value) {
        try {
            generator.addExtension(name, critical, value);
            return this;
        } catch (IOException impossible) {
            throw new IllegalStateException("what was built here can be encoded", impossible);
        }
    }
}
