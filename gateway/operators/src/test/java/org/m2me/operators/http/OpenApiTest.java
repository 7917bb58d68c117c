// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.m2me.operators.DeviceService;
import org.m2me.operators.RoleInterfaces;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.DeviceFeed;
import org.m2me.protocol.message.DeviceResource;

final class OpenApiTest {
    private static final Set<String> JSON_TYPES = Set.of("object", "array", "string", "integer", "boolean", "null");

    private final ObjectMapper mapper = WireJson.mapper();
    private final JsonNode description = OpenApi.describe(mapper, everything());

    @Test
    void describesEveryMethodWithItsParametersAndCallers() {
        for (Class<?> type : RoleInterfaces.ALL) {
            for (Method method : type.getMethods()) {
                String path = "/v1/" + type.getSimpleName().toLowerCase(Locale.ROOT) + "/" + method.getName();
                JsonNode operation = description.path("paths").path(path).path("post");
                assertThat(operation.isObject()).as(path).isTrue();
                assertThat(operation.path("x-allowed-to").size()).as(path).isPositive();
                JsonNode parameters = operation.at("/requestBody/content/application~1json/schema/properties");
                assertThat(parameters.size()).as(path).isEqualTo(method.getParameterCount());
            }
        }
    }

    @Test
    void isOpenApiByItsStructure() {
        assertThat(description.path("openapi").asText()).isEqualTo("3.1.0");
        assertThat(description.at("/info/title").asText()).isEqualTo("everything");
        assertThat(description.at("/info/version").asText()).isNotEmpty();
        assertThat(description
                        .at("/components/securitySchemes/certificate/type")
                        .asText())
                .isEqualTo("mutualTLS");
        Set<String> ids = new HashSet<>();
        for (JsonNode path : description.path("paths")) {
            for (JsonNode operation : path) {
                assertThat(ids.add(operation.path("operationId").asText()))
                        .as(operation.toString())
                        .isTrue();
                assertThat(operation.path("responses").has("default")).isTrue();
                for (JsonNode response : operation.path("responses")) {
                    assertThat(response.path("description").asText()).isNotEmpty();
                }
            }
        }
    }

    @Test
    void describesTheSideTowardsDevices() {
        assertThat(description.path("paths").has("/device/{ueid}/{resource}")).isTrue();
        assertThat(description.path("paths").has("/device-feed")).isTrue();
    }

    @Test
    void refersOnlyToSchemasThatAreThereAndUsesKnownTypes() {
        List<JsonNode> references = description.findValues("$ref");
        assertThat(references).isNotEmpty();
        for (JsonNode reference : references) {
            assertThat(description.at(reference.asText().substring(1)).isObject())
                    .as(reference.asText())
                    .isTrue();
        }
        for (JsonNode schema : description.at("/components/schemas")) {
            assertThat(JSON_TYPES).contains(schema.path("type").asText());
            List<String> required = new ArrayList<>();
            schema.path("required").forEach(name -> required.add(name.asText()));
            assertThat(required).allMatch(schema.path("properties")::has);
        }
    }

    @Test
    void describesARecordAsItIsInJson() {
        JsonNode registration = description.at("/components/schemas/Sho.Registration");
        assertThat(registration.path("required").toString()).isEqualTo("[\"nonce\",\"device\",\"procedure\"]");
        assertThat(registration.at("/properties/nonce/pattern").asText()).isEqualTo("^[0-9a-f]{32}$");
        assertThat(registration.at("/properties/pcid/anyOf/0/pattern").asText()).isEqualTo("^\\d{14,15}$");
        assertThat(registration.at("/properties/pcid/anyOf/1/type").asText()).isEqualTo("null");
        assertThat(description
                        .at("/components/schemas/AkaKey/properties/k/contentEncoding")
                        .asText())
                .isEqualTo("base64");
        assertThat(description.at("/components/schemas/AkaAlgorithm/enum").toString())
                .isEqualTo("[\"MILENAGE\",\"TUAK\",\"XOR\"]");
    }

    private static RoleServer.Content everything() {
        Map<Class<?>, Object> interfaces = new HashMap<>();
        for (Class<?> type : RoleInterfaces.ALL) {
            interfaces.put(
                    type,
                    Proxy.newProxyInstance(
                            type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> null));
        }
        DeviceService devices = new DeviceService() {
            @Override
            public Optional<byte[]> answer(Ueid device, DeviceResource resource, byte[] body) {
                return Optional.empty();
            }

            @Override
            public DeviceFeed feed(long after, Duration wait) {
                return new DeviceFeed(after, List.of());
            }
        };
        return new RoleServer.Content("everything", interfaces, Optional.of(devices));
    }
}
