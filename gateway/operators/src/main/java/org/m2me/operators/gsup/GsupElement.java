// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.gsup;

import java.nio.ByteBuffer;
import org.m2me.protocol.aka.AuthenticationVector;
import org.m2me.protocol.identity.Opaque;

/** An information element: tag, length of one octet, content. */
public sealed interface GsupElement {
    /** Octets of tag and length. */
    int HEADER = 2;

    /** Octets of the content. */
    int length();

    void write(ByteBuffer out);

    /** One without secrets. */
    record Plain(int tag, Opaque content) implements GsupElement {
        @Override
        public int length() {
            return content.length();
        }

        @Override
        public void write(ByteBuffer out) {
            out.put((byte) tag).put((byte) length()).put(content.bytes());
        }
    }

    /** A vector; who takes it from a message closes it. */
    record Tuple(AuthenticationVector vector) implements GsupElement {
        @Override
        public int length() {
            return VectorTuple.length(vector);
        }

        @Override
        public void write(ByteBuffer out) {
            out.put((byte) GsupTag.AUTH_TUPLE.number()).put((byte) length());
            VectorTuple.write(vector, out);
        }
    }
}
