// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent.coap;

import java.io.IOException;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.security.PrivateKey;
import org.m2me.hal.TrustedEnvironment;

/** The transport key as Java's security interfaces see it: a name without a value, for it never leaves the TRE. */
final class TrePrivateKey implements PrivateKey {
    private static final long serialVersionUID = 1L;

    private final transient TrustedEnvironment tre;

    TrePrivateKey(TrustedEnvironment tre) {
        this.tre = tre;
    }

    byte[] sign(byte[] sha256) throws IOException {
        return tre.signTransport(sha256);
    }

    @Override
    public String getAlgorithm() {
        return "EC";
    }

    /** None: see {@link PrivateKey}. */
    @Override
    @SuppressWarnings("NullAway") // the interface says null for a key without encoding
    public String getFormat() {
        return null;
    }

    @Override
    @SuppressWarnings("NullAway") // the interface says null for a key without encoding
    public byte[] getEncoded() {
        return null;
    }

    private void writeObject(ObjectOutputStream out) throws IOException {
        throw new NotSerializableException("a key of the Trusted Environment");
    }

    @Override
    public String toString() {
        return "transport key of the Trusted Environment";
    }
}
