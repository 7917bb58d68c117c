// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.http;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.introspect.AnnotatedMember;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import java.io.IOException;
import java.time.DateTimeException;
import java.util.Optional;

/** How values look in JSON between roles: strict, so that a typing error is an error and not a default. */
final class WireJson {
    /** The largest message, and so the longest string: OCSP answers, evidence, MCIMs and a hundred telemetries fit. */
    static final int MESSAGE_SIZE_MAX = 256 * 1024;

    /** No {@link org.m2me.operators.SizeMax} is larger. */
    private static final int DOCUMENT_SIZE_MAX = 16 * 1024 * 1024;

    /** The interfaces nest records four deep. */
    private static final int DEPTH_MAX = 16;

    /** A 64-bit number has at most 20 characters. */
    private static final int NUMBER_LENGTH_MAX = 20;

    private WireJson() {}

    static ObjectMapper mapper() {
        JsonFactory factory = JsonFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxStringLength(MESSAGE_SIZE_MAX)
                        .maxDocumentLength(DOCUMENT_SIZE_MAX)
                        .maxNestingDepth(DEPTH_MAX)
                        .maxNumberLength(NUMBER_LENGTH_MAX)
                        .build())
                .recyclerPool(JsonRecyclerPools.nonRecyclingPool()) // buffers with secrets are not handed around
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION) // messages may carry secrets: never quoted
                .build();
        return JsonMapper.builder(factory)
                .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
                .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                .disable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
                .defaultSetterInfo(JsonSetter.Value.forContentNulls(Nulls.FAIL))
                .annotationIntrospector(new RequiredUnlessOptional())
                .addModule(module())
                .build();
    }

    private static SimpleModule module() {
        SimpleModule module = new SimpleModule("roles");
        WireText.ALL.forEach(type -> addText(module, type));
        Secrets.addTo(module);
        OptionalJson.addTo(module);
        return module;
    }

    private static <T> void addText(SimpleModule module, WireText<T> text) {
        module.addSerializer(text.type(), new TextWriter<>(text));
        module.addDeserializer(text.type(), new TextReader<>(text));
    }

    /** A record's component has to be there, unless it is an Optional. */
    private static final class RequiredUnlessOptional extends JacksonAnnotationIntrospector {
        private static final long serialVersionUID = 1L;

        @Override
        public Boolean hasRequiredMarker(AnnotatedMember member) {
            return member.getRawType() != Optional.class;
        }
    }

    private static final class TextWriter<T> extends JsonSerializer<T> {
        private final WireText<T> text;

        TextWriter(WireText<T> text) {
            this.text = text;
        }

        @Override
        public void serialize(T value, JsonGenerator out, SerializerProvider provider) throws IOException {
            out.writeString(text.write().apply(value));
        }
    }

    private static final class TextReader<T> extends JsonDeserializer<T> {
        private final WireText<T> text;

        TextReader(WireText<T> text) {
            this.text = text;
        }

        /** Jackson asks when a list of these is all there is. */
        @Override
        public Class<?> handledType() {
            return text.type();
        }

        @Override
        public T deserialize(JsonParser in, DeserializationContext context) throws IOException {
            if (in.currentToken() != JsonToken.VALUE_STRING) {
                return context.reportInputMismatch(this, "wants a string");
            }
            try {
                return text.read().apply(in.getText());
            } catch (IllegalArgumentException | DateTimeException wrong) {
                return context.reportInputMismatch(this, "is no " + text.type().getSimpleName());
            }
        }
    }
}
