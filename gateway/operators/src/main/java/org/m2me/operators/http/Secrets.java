// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.http;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.module.SimpleModule;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.m2me.protocol.crypto.SecretBytes;

/**
 * The secrets in one message, to be wiped by who reads it, or after a result was written. On their way they are base64 in
 * Jackson's buffers, which are not used again; every array of our own is wiped.
 */
final class Secrets implements AutoCloseable {
    private final List<SecretBytes> found = new ArrayList<>();

    static void addTo(SimpleModule module) {
        module.addSerializer(SecretBytes.class, new Writer());
        module.addDeserializer(SecretBytes.class, new Reader());
    }

    /** The same reader, which puts secrets here. */
    ObjectReader collectFrom(ObjectReader reader) {
        return reader.withAttribute(Secrets.class, this);
    }

    /** The same writer, which names the secrets that it wrote here. */
    ObjectWriter collectFrom(ObjectWriter writer) {
        return writer.withAttribute(Secrets.class, this);
    }

    @Override
    public void close() {
        found.forEach(SecretBytes::close);
    }

    private static final class Writer extends JsonSerializer<SecretBytes> {
        @Override
        public void serialize(SecretBytes secret, JsonGenerator out, SerializerProvider provider) throws IOException {
            byte[] plain = secret.use(byte[]::clone);
            try {
                out.writeBinary(plain);
            } finally {
                Arrays.fill(plain, (byte) 0);
            }
            if (provider.getAttribute(Secrets.class) instanceof Secrets secrets) {
                secrets.found.add(secret);
            }
        }
    }

    private static final class Reader extends JsonDeserializer<SecretBytes> {
        @Override
        public SecretBytes deserialize(JsonParser in, DeserializationContext context) throws IOException {
            if (in.currentToken() != JsonToken.VALUE_STRING) {
                return context.reportInputMismatch(this, "wants a string");
            }
            SecretBytes secret = SecretBytes.takeFrom(in.getBinaryValue());
            if (context.getAttribute(Secrets.class) instanceof Secrets secrets) {
                secrets.found.add(secret);
                return secret;
            }
            secret.close();
            throw new IllegalStateException("nobody would wipe this secret");
        }
    }
}
