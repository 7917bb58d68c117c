// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.http;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.m2me.protocol.message.ResultCode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers calls of a role's interfaces. */
final class InterfaceService implements Service {
    private static final Logger LOG = LoggerFactory.getLogger(InterfaceService.class);

    private final Map<String, WireInterface> interfaces = new HashMap<>();
    private final Map<Class<?>, Object> implementations;
    private final Refusals refusals;
    private final String role;

    /** @param role its name: that of its certificate, and of its consoles' */
    InterfaceService(ObjectMapper mapper, Map<Class<?>, Object> implementations, String role) {
        this.role = role;
        this.implementations = Map.copyOf(implementations);
        this.refusals = new Refusals(mapper);
        implementations.forEach((type, implementation) -> {
            WireInterface wire = new WireInterface(mapper, type);
            if (!type.isInstance(implementation) || interfaces.put(wire.name(), wire) != null) {
                throw new IllegalArgumentException(type.getName() + ": not implemented, or there twice");
            }
        });
    }

    @Override
    public Optional<Answer> answer(Call call) {
        if (!call.verb().equals("POST")) {
            return Optional.empty();
        }
        return wire(call.path()).flatMap(wire -> method(wire, call.path()).map(method -> answer(call, wire, method)));
    }

    /** Only who may call a method may have so much read for it. */
    @Override
    public int sizeMax(Caller caller, String path) {
        return wire(path)
                .flatMap(wire -> method(wire, path))
                .filter(method -> caller.mayCall(method, role))
                .map(WireMethod::sizeMax)
                .orElse(WireJson.MESSAGE_SIZE_MAX);
    }

    private Optional<WireInterface> wire(String path) {
        int slash = path.indexOf('/', WireInterface.VERSION.length());
        return path.startsWith(WireInterface.VERSION) && slash > 0
                ? Optional.ofNullable(interfaces.get(path.substring(WireInterface.VERSION.length(), slash)))
                : Optional.empty();
    }

    private static Optional<WireMethod> method(WireInterface wire, String path) {
        return wire.method(path.substring(path.indexOf('/', WireInterface.VERSION.length()) + 1));
    }

    private Answer answer(Call call, WireInterface wire, WireMethod method) {
        String what = wire.name() + "." + method.name() + " by " + call.caller().name();
        if (!call.caller().mayCall(method, role)) {
            LOG.warn("{}: not allowed", what);
            return refusals.refusal(ResultCode.FORBIDDEN);
        }
        try (Secrets secrets = new Secrets()) {
            Object[] arguments = method.readArguments(call.body(), secrets);
            if (!call.caller().maySay(method, arguments)) {
                LOG.warn("{}: in the name of another", what);
                return refusals.refusal(ResultCode.FORBIDDEN);
            }
            return invoke(wire, method, arguments);
        } catch (Malformed wrong) {
            return refusals.refusal(Refusals.code(what, wrong), wrong.field());
        } catch (InvocationTargetException wrapped) {
            return refusals.refusal(Refusals.code(what, Objects.requireNonNull(wrapped.getCause())));
        } catch (IOException | IllegalAccessException fault) {
            return refusals.refusal(Refusals.code(what, fault));
        } finally {
            Arrays.fill(call.body(), (byte) 0);
        }
    }

    /** What the result holds is the caller's, and over HTTP the caller has a copy: the secrets in it are wiped. */
    private Answer invoke(WireInterface wire, WireMethod method, Object[] arguments)
            throws InvocationTargetException, IllegalAccessException, IOException {
        Object result = method.method().invoke(implementations.get(wire.type()), arguments);
        if (!method.hasResult()) {
            return Answer.nothing();
        }
        try (Secrets secrets = new Secrets()) {
            return Answer.ok(method.writeResult(result, secrets));
        }
    }
}
