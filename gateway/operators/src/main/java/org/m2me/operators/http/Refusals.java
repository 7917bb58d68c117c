// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.EnumSet;
import java.util.Set;
import org.m2me.operators.Unavailable;
import org.m2me.operators.store.StorageFailed;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Refusals between roles, in JSON: a code, and the field that is wrong. The reason in words stays in the log. */
final class Refusals {
    static final String CODE = "code";
    static final String FIELD = "field";

    private static final Logger LOG = LoggerFactory.getLogger(Refusals.class);

    /** What is for the log of a quiet day; the rest is for somebody to look at. */
    private static final Set<ResultCode> OURS = EnumSet.of(ResultCode.INTERNAL, ResultCode.BUSY);

    private final ObjectMapper mapper;

    Refusals(ObjectMapper mapper) {
        this.mapper = mapper;
    }

    Answer refusal(ResultCode code) {
        return refusal(code, "");
    }

    Answer refusal(ResultCode code, String field) {
        ObjectNode json = mapper.createObjectNode().put(CODE, code.name());
        if (!field.isEmpty()) {
            json.put(FIELD, field);
        }
        try {
            return Answer.refusal(code, Answer.JSON, mapper.writeValueAsBytes(json));
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("two strings are JSON", impossible);
        }
    }

    /** What the caller is told of a fault, after the log was told more. */
    static ResultCode code(String what, Throwable fault) {
        ResultCode code = code(fault);
        if (code == ResultCode.INTERNAL) {
            LOG.error("{}: {}", what, code, fault);
        } else if (OURS.contains(code)) {
            LOG.error("{}: {}: {}", what, code, fault.getMessage());
        } else {
            LOG.info("{}: {}: {}", what, code, fault.getMessage());
        }
        return code;
    }

    private static ResultCode code(Throwable fault) {
        if (fault instanceof Refused refused) {
            return refused.code();
        }
        if (fault instanceof Malformed) {
            return ResultCode.MALFORMED;
        }
        if (fault instanceof StorageFailed) {
            return ResultCode.BUSY;
        }
        if (fault instanceof Unavailable) {
            return ResultCode.UNAVAILABLE;
        }
        return ResultCode.INTERNAL;
    }
}
