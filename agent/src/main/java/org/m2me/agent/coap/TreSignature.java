// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent.coap;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.InvalidParameterException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Security;
import java.security.Signature;
import java.security.SignatureException;
import java.security.SignatureSpi;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.m2me.protocol.crypto.Hashes;

/**
 * SHA256withECDSA whose signatures by the TRE's key are made inside the TRE. Java settles on one provider for the life
 * of a {@link Signature} object, at its first key, and Scandium keeps such objects: so this one also does everything
 * else, by way of the platform's own provider.
 */
final class TreSignature extends SignatureSpi {
    static final String ALGORITHM = "SHA256withECDSA";

    private @Nullable TrePrivateKey treKey;
    private MessageDigest digest = Hashes.sha256();
    private @Nullable Signature platform;

    private Signature platform() throws InvalidKeyException {
        Signature signature = platform;
        if (signature == null) {
            try {
                signature = Signature.getInstance(ALGORITHM, other());
            } catch (NoSuchAlgorithmException absent) {
                throw new InvalidKeyException("no provider for " + ALGORITHM, absent);
            }
            platform = signature;
        }
        return signature;
    }

    private static Provider other() throws NoSuchAlgorithmException {
        for (Provider provider : Security.getProviders("Signature." + ALGORITHM)) {
            if (!(provider instanceof TreProvider)) {
                return provider;
            }
        }
        throw new NoSuchAlgorithmException(ALGORITHM);
    }

    @Override
    protected void engineInitVerify(PublicKey key) throws InvalidKeyException {
        treKey = null;
        platform().initVerify(key);
    }

    @Override
    protected void engineInitSign(PrivateKey key) throws InvalidKeyException {
        if (key instanceof TrePrivateKey inside) {
            treKey = inside;
            digest = Hashes.sha256();
        } else {
            treKey = null;
            platform().initSign(key);
        }
    }

    @Override
    protected void engineUpdate(byte b) throws SignatureException {
        engineUpdate(new byte[] {b}, 0, 1);
    }

    @Override
    protected void engineUpdate(byte[] bytes, int offset, int length) throws SignatureException {
        if (treKey != null) {
            digest.update(bytes, offset, length);
        } else {
            initialised().update(bytes, offset, length);
        }
    }

    @Override
    protected byte[] engineSign() throws SignatureException {
        TrePrivateKey key = treKey;
        if (key == null) {
            return initialised().sign();
        }
        try {
            return der(key.sign(digest.digest()));
        } catch (IOException refused) {
            throw new SignatureException("the Trusted Environment did not sign", refused);
        }
    }

    @Override
    protected boolean engineVerify(byte[] signature) throws SignatureException {
        return initialised().verify(signature);
    }

    private Signature initialised() throws SignatureException {
        if (platform == null) {
            throw new SignatureException("no key yet");
        }
        return platform;
    }

    /** The form of TLS: SEQUENCE of two INTEGERs (RFC 8422 5.4), from two numbers of 32 bytes. */
    private static byte[] der(byte[] rs) {
        byte[] r = new BigInteger(1, Arrays.copyOfRange(rs, 0, 32)).toByteArray();
        byte[] s = new BigInteger(1, Arrays.copyOfRange(rs, 32, 64)).toByteArray();
        byte[] der = new byte[6 + r.length + s.length];
        der[0] = 0x30;
        der[1] = (byte) (4 + r.length + s.length); // at most 70: short form
        der[2] = 0x02;
        der[3] = (byte) r.length;
        System.arraycopy(r, 0, der, 4, r.length);
        der[4 + r.length] = 0x02;
        der[5 + r.length] = (byte) s.length;
        System.arraycopy(s, 0, der, 6 + r.length, s.length);
        return der;
    }

    @Override
    @Deprecated
    protected void engineSetParameter(String name, Object value) {
        throw new InvalidParameterException(name);
    }

    @Override
    @Deprecated
    protected Object engineGetParameter(String name) {
        throw new InvalidParameterException(name);
    }

    /** Puts {@link TreSignature} in front of all others. It holds no key. */
    static final class TreProvider extends Provider {
        private static final long serialVersionUID = 1L;
        private static final String NAME = "M2ME-TRE";

        private TreProvider() {
            super(NAME, "1", "ECDSA by the Trusted Environment");
            putService(new Service(this, "Signature", ALGORITHM, TreSignature.class.getName(), null, null) {
                @Override
                public Object newInstance(@Nullable Object parameter) {
                    return new TreSignature();
                }

                @Override
                public boolean supportsParameter(@Nullable Object key) {
                    return true;
                }
            });
        }

        /** Once for the process. */
        static synchronized void install() {
            if (Security.getProvider(NAME) == null) {
                int position = Security.insertProviderAt(new TreProvider(), 1);
                if (position != 1) {
                    throw new IllegalStateException("provider " + NAME + " is at " + position + ", not first");
                }
            }
        }
    }

    /** That everything needed is there, before anything depends on it. */
    static void install() {
        TreProvider.install();
        try {
            other();
        } catch (GeneralSecurityException absent) {
            throw new IllegalStateException("this Java has no " + ALGORITHM, absent);
        }
    }
}
