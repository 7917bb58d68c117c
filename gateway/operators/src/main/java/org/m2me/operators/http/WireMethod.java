// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.http;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.m2me.operators.AllowedTo;
import org.m2me.operators.SizeMax;

/** One method of a role's interface as a message: a JSON object with a member for each parameter, and the result. */
final class WireMethod {
    private final ObjectMapper mapper;
    private final Method method;
    private final List<Parameter> parameters;
    private final List<JavaType> types;
    private final JavaType result;

    WireMethod(ObjectMapper mapper, Method method) {
        this.mapper = mapper;
        this.method = method;
        this.parameters = List.of(method.getParameters());
        this.types = parameters.stream()
                .map(parameter -> mapper.constructType(parameter.getParameterizedType()))
                .toList();
        this.result = mapper.constructType(method.getGenericReturnType());
        if (parameters.stream().anyMatch(parameter -> !parameter.isNamePresent())) {
            throw new IllegalArgumentException(method + ": compiled without the names of its parameters");
        }
    }

    String name() {
        return method.getName();
    }

    Method method() {
        return method;
    }

    List<Parameter> parameters() {
        return parameters;
    }

    boolean hasResult() {
        return method.getReturnType() != void.class;
    }

    /** First labels of callers; nobody when the method does not say. */
    Set<String> allowedTo() {
        AllowedTo allowed = method.getAnnotation(AllowedTo.class);
        return allowed == null ? Set.of() : Set.of(allowed.value());
    }

    /** Bytes of question and answer. */
    int sizeMax() {
        SizeMax size = method.getAnnotation(SizeMax.class);
        return size == null ? WireJson.MESSAGE_SIZE_MAX : size.value();
    }

    WireOutput writeArguments(@Nullable Object[] arguments) throws IOException {
        WireOutput out = new WireOutput();
        try (JsonGenerator json = mapper.getFactory().createGenerator(out)) {
            json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
            json.writeStartObject();
            for (int i = 0; i < arguments.length; i++) {
                json.writeFieldName(parameters.get(i).getName());
                mapper.writeValue(json, arguments[i]);
            }
            json.writeEndObject();
        }
        return out;
    }

    WireOutput writeResult(@Nullable Object value, Secrets secrets) throws IOException {
        WireOutput out = new WireOutput();
        try (JsonGenerator json = mapper.getFactory().createGenerator(out)) {
            json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
            secrets.collectFrom(mapper.writerFor(result)).writeValue(json, value);
        }
        return out;
    }

    Object[] readArguments(byte[] message, Secrets secrets) throws Malformed {
        @Nullable Object[] values = new Object[parameters.size()];
        try (JsonParser json = mapper.getFactory().createParser(message)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new Malformed("", "is no JSON object");
            }
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                int index = index(name);
                json.nextToken();
                values[index] = read(json, types.get(index), name, secrets);
            }
            if (json.currentToken() != JsonToken.END_OBJECT || json.nextToken() != null) {
                throw new Malformed("", "something follows");
            }
        } catch (IOException wrong) {
            throw new Malformed("", "is no JSON");
        }
        return complete(values);
    }

    private Object[] complete(@Nullable Object[] values) throws Malformed {
        Object[] complete = new Object[values.length];
        for (int i = 0; i < values.length; i++) {
            Object value = values[i];
            if (value != null) {
                complete[i] = value;
            } else if (parameters.get(i).getType() == Optional.class) {
                complete[i] = Optional.empty();
            } else {
                throw new Malformed(parameters.get(i).getName(), "is missing");
            }
        }
        return complete;
    }

    /** @throws IOException if this is no such result */
    @Nullable
    Object readResult(byte[] message, Secrets secrets) throws IOException {
        try (JsonParser json = mapper.getFactory().createParser(message)) {
            json.nextToken();
            return read(json, result, "result", secrets);
        } catch (Malformed wrong) {
            throw new IOException(wrong.getMessage());
        }
    }

    private int index(String name) throws Malformed {
        for (int i = 0; i < parameters.size(); i++) {
            if (parameters.get(i).getName().equals(name)) {
                return i;
            }
        }
        throw new Malformed(name, "is not known");
    }

    private @Nullable Object read(JsonParser json, JavaType type, String name, Secrets secrets)
            throws IOException, Malformed {
        try {
            return secrets.collectFrom(mapper.readerFor(type)).readValue(json);
        } catch (JsonMappingException wrong) {
            throw new Malformed(name + path(wrong) + component(wrong), "is missing, unknown or out of range");
        } catch (JsonProcessingException wrong) {
            throw new Malformed(name, "is no JSON");
        }
    }

    /** Of a record that refused to be made, and began to say why with the name of one of its components. */
    private static String component(JsonMappingException wrong) {
        if (!(wrong instanceof ValueInstantiationException made)
                || !(made.getCause() instanceof IllegalArgumentException cause)
                || !made.getType().getRawClass().isRecord()) {
            return "";
        }
        String said = String.valueOf(cause.getMessage());
        return Arrays.stream(made.getType().getRawClass().getRecordComponents())
                .map(RecordComponent::getName)
                .filter(name -> said.startsWith(name + ": "))
                .findFirst()
                .map(name -> "." + name)
                .orElse("");
    }

    static String path(JsonMappingException wrong) {
        StringBuilder path = new StringBuilder();
        for (JsonMappingException.Reference step : wrong.getPath()) {
            if (step.getFieldName() == null) {
                path.append('[').append(step.getIndex()).append(']');
            } else {
                path.append('.').append(step.getFieldName());
            }
        }
        return path.toString();
    }
}
