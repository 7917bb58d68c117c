// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Optional;

/** Tells every certified caller how a role is called, and that it is there. */
final class Description implements Service {
    static final String OPENAPI = "/openapi.json";
    static final String HEALTH = "/health";

    private final ObjectMapper mapper;
    private final JsonNode openApi;
    private final JsonNode health;

    Description(ObjectMapper mapper, RoleServer.Content content) {
        this.mapper = mapper;
        this.openApi = OpenApi.describe(mapper, content);
        this.health = mapper.createObjectNode().put("role", content.name()).put("status", "ok");
    }

    @Override
    public Optional<Answer> answer(Call call) {
        if (!call.verb().equals("GET")) {
            return Optional.empty();
        }
        if (call.path().equals(OPENAPI)) {
            return Optional.of(json(openApi));
        }
        return call.path().equals(HEALTH) ? Optional.of(json(health)) : Optional.empty();
    }

    private Answer json(JsonNode content) {
        try {
            return Answer.ok(Answer.JSON, mapper.writeValueAsBytes(content));
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("a tree is JSON", impossible);
        }
    }
}
