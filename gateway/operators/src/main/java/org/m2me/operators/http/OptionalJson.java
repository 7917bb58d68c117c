// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.http;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.BeanProperty;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.ContextualDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An Optional in JSON: its value, or null; absent means null. */
final class OptionalJson {
    private OptionalJson() {}

    static void addTo(SimpleModule module) {
        module.addSerializer(Optional.class, new Writer());
        module.addDeserializer(Optional.class, new Reader(null));
    }

    @SuppressWarnings("rawtypes") // Jackson's registry knows classes, not types
    private static final class Writer extends JsonSerializer<Optional> {
        @Override
        public void serialize(Optional value, JsonGenerator out, SerializerProvider provider) throws IOException {
            Object content = ((Optional<?>) value).orElse(null);
            if (content == null) {
                out.writeNull();
            } else {
                provider.defaultSerializeValue(content, out);
            }
        }
    }

    @SuppressWarnings("rawtypes")
    private static final class Reader extends JsonDeserializer<Optional> implements ContextualDeserializer {
        private final @Nullable JsonDeserializer<?> content;

        Reader(@Nullable JsonDeserializer<?> content) {
            this.content = content;
        }

        @Override
        public JsonDeserializer<?> createContextual(DeserializationContext context, @Nullable BeanProperty property)
                throws JsonMappingException {
            JavaType type = property == null ? context.getContextualType() : property.getType();
            return new Reader(context.findContextualValueDeserializer(type.containedType(0), property));
        }

        @Override
        public Optional<?> deserialize(JsonParser in, DeserializationContext context) throws IOException {
            if (content == null) {
                throw new IllegalStateException("of what is not known");
            }
            return Optional.of(content.deserialize(in, context));
        }

        @Override
        public Optional<?> getNullValue(DeserializationContext context) {
            return Optional.empty();
        }

        @Override
        public Object getAbsentValue(DeserializationContext context) {
            return Optional.empty();
        }
    }
}
