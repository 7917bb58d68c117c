// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.m2me.protocol.crypto.SecretBytes;

/** JSON Schemas of the types that roles exchange; records and enums are named once and referred to. */
final class JsonSchemas {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final ObjectNode named;

    /** @param named where the named ones are put */
    JsonSchemas(ObjectNode named) {
        this.named = named;
    }

    /** Adds an object and returns its properties. */
    ObjectNode named(String name, Collection<String> required) {
        ObjectNode schema = named.putObject(name).put("type", "object").put("additionalProperties", false);
        ArrayNode names = schema.putArray("required");
        required.forEach(names::add);
        return schema.putObject("properties");
    }

    ObjectNode reference(String name) {
        return NODES.objectNode().put("$ref", "#/components/schemas/" + name);
    }

    ObjectNode of(Type type) {
        if (type instanceof ParameterizedType generic) {
            return ofGeneric((Class<?>) generic.getRawType(), generic.getActualTypeArguments());
        }
        return of((Class<?>) type);
    }

    private ObjectNode ofGeneric(Class<?> raw, Type[] arguments) {
        ObjectNode schema = NODES.objectNode();
        Type content = arguments[arguments.length - 1];
        if (raw == Optional.class) {
            ArrayNode either = schema.putArray("anyOf").add(of(content));
            either.addObject().put("type", "null");
        } else if (Collection.class.isAssignableFrom(raw)) {
            schema.put("type", "array").set("items", of(content));
        } else if (Map.class.isAssignableFrom(raw) && arguments[0] == String.class) {
            schema.put("type", "object").set("additionalProperties", of(content));
        } else {
            throw unknown(raw);
        }
        return schema;
    }

    private ObjectNode of(Class<?> type) {
        for (WireText<?> text : WireText.ALL) {
            if (text.type() == type) {
                return string().put(text.schemaKeyword(), text.schemaValue());
            }
        }
        if (type == String.class) {
            return string();
        }
        if (type == SecretBytes.class || type == byte[].class) {
            return string().put(WireText.ENCODING, WireText.BASE64);
        }
        if (type == boolean.class) {
            return NODES.objectNode().put("type", "boolean");
        }
        if (type == long.class || type == int.class || type == Long.class || type == Integer.class) {
            boolean wide = type == long.class || type == Long.class;
            return NODES.objectNode().put("type", "integer").put("format", wide ? "int64" : "int32");
        }
        return ofNamed(type);
    }

    private static ObjectNode string() {
        return NODES.objectNode().put("type", "string");
    }

    private ObjectNode ofNamed(Class<?> type) {
        String name = type.isMemberClass()
                ? type.getEnclosingClass().getSimpleName() + "." + type.getSimpleName()
                : type.getSimpleName();
        if (!named.has(name)) {
            if (type.isEnum()) {
                ArrayNode constants =
                        named.putObject(name).put("type", "string").putArray("enum");
                Arrays.stream(type.getEnumConstants()).forEach(constant -> constants.add(((Enum<?>) constant).name()));
            } else if (type.isRecord()) {
                describe(name, type);
            } else {
                throw unknown(type);
            }
        }
        return reference(name);
    }

    private void describe(String name, Class<?> type) {
        List<RecordComponent> components = List.of(type.getRecordComponents());
        ObjectNode properties = named(
                name,
                components.stream()
                        .filter(component -> component.getType() != Optional.class)
                        .map(RecordComponent::getName)
                        .toList());
        components.forEach(component -> properties.set(component.getName(), of(component.getGenericType())));
    }

    private static IllegalArgumentException unknown(Class<?> type) {
        return new IllegalArgumentException(type.getName() + ": there is no JSON for this type");
    }
}
