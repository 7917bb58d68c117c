// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.http;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.lang.reflect.Method;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** A role's interface as a set of messages: {@code POST /v1/{name}/{method}}. */
final class WireInterface {
    /** Before every path. Changes when an old caller could no longer be understood. */
    static final String VERSION = "/v1/";

    private final Class<?> type;
    private final SortedMap<String, WireMethod> methods = new TreeMap<>();

    /** @throws IllegalArgumentException if two methods share a name */
    WireInterface(ObjectMapper mapper, Class<?> type) {
        this.type = type;
        for (Method method : type.getMethods()) {
            if (methods.put(method.getName(), new WireMethod(mapper, method)) != null) {
                throw new IllegalArgumentException(type.getName() + ": two methods are called " + method.getName());
            }
        }
    }

    Class<?> type() {
        return type;
    }

    String name() {
        return type.getSimpleName().toLowerCase(Locale.ROOT);
    }

    String path(WireMethod method) {
        return VERSION + name() + "/" + method.name();
    }

    Collection<WireMethod> methods() {
        return methods.values();
    }

    Optional<WireMethod> method(String name) {
        return Optional.ofNullable(methods.get(name));
    }
}
