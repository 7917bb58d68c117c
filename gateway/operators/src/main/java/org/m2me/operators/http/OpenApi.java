// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.http;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.Parameter;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.m2me.operators.AllowedTo;
import org.m2me.protocol.message.ResultCode;

/** The description of a role's HTTP side in OpenAPI 3.1, made from the interfaces themselves. */
final class OpenApi {
    /** Of the interfaces, not of the program: goes with {@link WireInterface#VERSION}. */
    private static final String INTERFACE_VERSION = "1.0.0";

    private static final String REFUSAL = "Refusal";
    private static final String VERDICT = "Verdict, as it goes to the device";

    private final String name;
    private final ObjectNode root;
    private final ObjectNode paths;
    private final JsonSchemas schemas;

    private OpenApi(ObjectMapper mapper, String name) {
        this.name = name;
        root = mapper.createObjectNode().put("openapi", "3.1.0");
        root.putObject("info").put("title", name).put("version", INTERFACE_VERSION);
        root.putArray("security").addObject().putArray("certificate");
        paths = root.putObject("paths");
        ObjectNode components = root.putObject("components");
        components.putObject("securitySchemes").putObject("certificate").put("type", "mutualTLS");
        schemas = new JsonSchemas(components.putObject("schemas"));
    }

    static ObjectNode describe(ObjectMapper mapper, RoleServer.Content content) {
        OpenApi description = new OpenApi(mapper, content.name());
        description.describeRefusal();
        content.interfaces().keySet().stream()
                .sorted(Comparator.comparing(Class::getName))
                .forEach(type -> description.describe(new WireInterface(mapper, type)));
        if (content.devices().isPresent()) {
            description.describeDeviceSide();
        }
        description.get(Description.HEALTH, "health", "The role is there").put("type", "object");
        description.get(Description.OPENAPI, "openapi", "This description").put("type", "object");
        return description.root;
    }

    private void describeRefusal() {
        ObjectNode properties = schemas.named(REFUSAL, List.of(Refusals.CODE));
        properties.set(Refusals.CODE, schemas.of(ResultCode.class));
        properties.putObject(Refusals.FIELD).put("type", "string");
    }

    private void describe(WireInterface wire) {
        for (WireMethod method : wire.methods()) {
            ObjectNode operation = paths.putObject(wire.path(method)).putObject("post");
            operation.put("operationId", wire.name() + "." + method.name());
            operation.putArray("tags").add(wire.name());
            ArrayNode callers = operation.putArray("x-allowed-to");
            method.allowedTo().stream().sorted().map(this::caller).forEach(callers::add);
            ObjectNode body = operation.putObject("requestBody").put("required", true);
            describeParameters(json(body), method);
            ObjectNode responses = operation.putObject("responses");
            if (method.hasResult()) {
                ObjectNode done = responses.putObject("200").put("description", "The result");
                json(done).setAll(schemas.of(method.method().getGenericReturnType()));
            } else {
                responses.putObject("204").put("description", "Done");
            }
            describeRefusal(responses);
        }
    }

    private String caller(String label) {
        return label.equals(AllowedTo.CONSOLE) ? label + "." + name : label;
    }

    private void describeParameters(ObjectNode schema, WireMethod method) {
        schema.put("type", "object").put("additionalProperties", false);
        ObjectNode properties = schema.putObject("properties");
        ArrayNode required = schema.putArray("required");
        for (Parameter parameter : method.parameters()) {
            properties.set(parameter.getName(), schemas.of(parameter.getParameterizedType()));
            if (parameter.getType() != Optional.class) {
                required.add(parameter.getName());
            }
        }
    }

    private void describeDeviceSide() {
        ObjectNode post =
                paths.putObject(DeviceSide.DEVICE + "{ueid}/{resource}").putObject("post");
        post.put("operationId", "device");
        parameter(post, "ueid", "path").put("type", "string").put("pattern", "^01[0-9a-f]{32}$");
        parameter(post, "resource", "path").put("type", "string").put("pattern", "^[a-z]$");
        post.putObject("requestBody").putObject("content").putObject(Answer.CBOR);
        describeCbor(post, "The answer to the device");
        post.withObject("/responses").putObject("204").put("description", "No answer");

        ObjectNode get = paths.putObject(DeviceSide.FEED).putObject("get");
        get.put("operationId", "device-feed");
        parameter(get, "after", "query").put("type", "integer").put("minimum", 0);
        parameter(get, "wait", "query").put("type", "integer").put("minimum", 0);
        describeCbor(get, "Devices with new mail");
    }

    private void describeCbor(ObjectNode operation, String what) {
        ArrayNode callers = operation.putArray("x-allowed-to");
        DeviceSide.CALLERS.forEach(callers::add);
        ObjectNode responses = operation.putObject("responses");
        responses.putObject("200").put("description", what).putObject("content").putObject(Answer.CBOR);
        responses
                .putObject("default")
                .put("description", VERDICT)
                .putObject("content")
                .putObject(Answer.CBOR);
    }

    private static ObjectNode parameter(ObjectNode operation, String name, String place) {
        return operation
                .withArray("parameters")
                .addObject()
                .put("name", name)
                .put("in", place)
                .put("required", true)
                .putObject("schema");
    }

    private ObjectNode get(String path, String id, String what) {
        ObjectNode operation = paths.putObject(path).putObject("get").put("operationId", id);
        ObjectNode responses = operation.putObject("responses");
        describeRefusal(responses);
        return json(responses.putObject("200").put("description", what));
    }

    private void describeRefusal(ObjectNode responses) {
        json(responses.putObject("default").put("description", "Refused")).setAll(schemas.reference(REFUSAL));
    }

    private ObjectNode json(ObjectNode holder) {
        return holder.putObject("content").putObject(Answer.JSON).putObject("schema");
    }
}
