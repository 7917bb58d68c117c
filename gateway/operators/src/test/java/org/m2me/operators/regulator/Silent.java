// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.regulator;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.m2me.operators.Regulator;
import org.m2me.operators.Regulator.Acts;
import org.m2me.protocol.message.Refused;

/** Regulators that do not answer as they should. */
public final class Silent {
    private Silent() {}

    /** Every call ends with this. */
    public static Regulator regulator(Exception fault) {
        return proxy((method, arguments) -> {
            throw fault;
        });
    }

    /** What reaches a regulator. */
    @FunctionalInterface
    interface Listener {
        void record(Acts acts) throws Refused;
    }

    /** As this one, but what is recorded comes here. */
    static Regulator except(Regulator real, Listener listener) {
        return proxy((method, arguments) -> {
            if (method.getName().equals("record")) {
                listener.record((Acts) arguments[0]);
                return null;
            }
            try {
                return method.invoke(real, arguments);
            } catch (InvocationTargetException wrapped) {
                throw (Exception) Objects.requireNonNull(wrapped.getCause());
            }
        });
    }

    private interface Answer {
        @Nullable
        Object to(Method method, Object[] arguments) throws Exception;
    }

    private static Regulator proxy(Answer answer) {
        return (Regulator) Proxy.newProxyInstance(
                Regulator.class.getClassLoader(),
                new Class<?>[] {Regulator.class},
                (self, method, arguments) -> answer.to(method, arguments));
    }
}
