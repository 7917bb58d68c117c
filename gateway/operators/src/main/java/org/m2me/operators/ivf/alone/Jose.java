// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.ivf.alone;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.ECPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.text.ParseException;
import java.util.Map;
import java.util.Optional;
import org.m2me.protocol.crypto.P256PublicKey;

/** JSON Web Signatures and Keys (RFC 7515, RFC 7517), by the library and nowhere else. */
final class Jose {
    private Jose() {}

    /** @throws IllegalArgumentException unless this is the public JWK of a P-256 key */
    static P256PublicKey publicKey(String jwk) {
        try {
            ECKey key = ECKey.parse(jwk);
            if (key.isPrivate()) {
                throw new IllegalArgumentException("JWK: holds a private key; give the public one only");
            }
            if (!Curve.P_256.equals(key.getCurve())) {
                throw new IllegalArgumentException("JWK: curve " + key.getCurve() + ", wants P-256");
            }
            return P256PublicKey.ofSpki(key.toECPublicKey().getEncoded());
        } catch (ParseException | JOSEException malformed) {
            throw new IllegalArgumentException("JWK: not an EC key: " + malformed.getMessage(), malformed);
        }
    }

    /** A signed token whose claims are not to be read before it was verified. */
    static final class Signed {
        private final JWSObject object;

        private Signed(JWSObject object) {
            this.object = object;
        }

        /** Whether this key signed it. */
        boolean isBy(P256PublicKey key) {
            try {
                ECPublicKey jca =
                        (ECPublicKey) KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(key.spki()));
                return object.verify(new ECDSAVerifier(jca)); // refuses headers that are critical and not known
            } catch (GeneralSecurityException impossible) {
                throw new IllegalStateException("every Java platform has P-256", impossible);
            } catch (JOSEException unusable) {
                return false;
            }
        }

        Map<String, Object> claims() throws Fault {
            return Optional.ofNullable(object.getPayload().toJSONObject())
                    .orElseThrow(() -> Fault.malformed(
                            "token", "its payload is no JSON object", "have the verifier issue an EAR as JWT"));
        }
    }

    static Signed parse(byte[] token) throws Fault {
        JWSObject object;
        try {
            object = JWSObject.parse(new String(token, StandardCharsets.US_ASCII).strip());
        } catch (ParseException malformed) {
            throw Fault.malformed(
                    "token",
                    "is no JWS in compact form: " + malformed.getMessage(),
                    "send the three base64url parts with two dots, as the verifier issued them");
        }
        if (!JWSAlgorithm.ES256.equals(object.getHeader().getAlgorithm())) {
            throw Fault.malformed(
                    "alg",
                    object.getHeader().getAlgorithm() + " is not taken",
                    "have the verifier sign with ES256, a key on P-256");
        }
        return new Signed(object);
    }
}
