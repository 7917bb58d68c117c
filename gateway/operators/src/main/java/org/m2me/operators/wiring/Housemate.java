// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.wiring;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.m2me.operators.Unavailable;

/** A role in the same process, as others see it: like one over HTTP it can be gone for a while, or fail. */
final class Housemate {
    private Housemate() {}

    /** @param running finds the role at each call, for it may have been started again; null while it does not run */
    static <T> T of(Class<T> type, String name, Supplier<@Nullable RunningRole> running) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    if (method.getDeclaringClass().equals(Object.class)) {
                        return method.invoke(name, arguments); // equals, hashCode, toString
                    }
                    RunningRole role = running.get();
                    Object target = role == null ? null : role.interfaces().get(type);
                    if (target == null) {
                        throw new Unavailable(name + " does not run", new IllegalStateException(name));
                    }
                    return call(name, target, method, arguments);
                }));
    }

    private static @Nullable Object call(String name, Object target, Method method, Object[] arguments)
            throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException thrown) {
            Throwable why = thrown.getCause();
            if (why instanceof RuntimeException fault && !(why instanceof Unavailable)) {
                throw new Unavailable(name + " failed: " + fault, fault);
            }
            throw why;
        }
    }
}
