// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab.fault;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.m2me.operators.DeviceService;
import org.m2me.operators.wiring.RunningRole;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.DeviceFeed;
import org.m2me.protocol.message.DeviceResource;
import org.m2me.protocol.message.Refused;

/** A role whose calls suffer what {@link Faults} decides. */
final class FaultyRole {
    /** Longer than a role waits for another's answer, 30 s. */
    private static final Duration TOO_LATE_FOR_ROLES = Duration.ofSeconds(31);
    /** Longer than the gateway waits for a role's answer, 10 s. */
    private static final Duration TOO_LATE_FOR_DEVICES = Duration.ofSeconds(11);
    /** A caller that repeats at once is lost again; the next repetition arrives. */
    private static final Duration OUTAGE = Duration.ofMillis(500);
    /** There may be no next call that could overtake this one. */
    private static final Duration OVERTAKE_WAIT = Duration.ofSeconds(2);
    /** Longer than a writer waits for its turn when another process has it, 2 s. */
    private static final Duration READ_ONLY = Duration.ofSeconds(3);
    /** Whoever repeats at once, and again after some seconds, meets it more than once. */
    private static final Duration FULL = Duration.ofSeconds(5);

    private final Victim victim;
    private final Faults faults;
    private final Consumer<Duration> cut;
    private final Consumer<Duration> fill;
    private final Executor killers;
    private final AtomicReference<CountDownLatch> overtaken = new AtomicReference<>(new CountDownLatch(0));

    /**
     * A role to be harmed.
     *
     * @param cut breaks every connection to it, for as long as it is told
     * @param fill leaves no room on its disk, for as long as it is told
     * @param killers where a role is killed: not on a thread of its own
     */
    FaultyRole(Victim victim, Faults faults, Consumer<Duration> cut, Consumer<Duration> fill, Executor killers) {
        this.victim = victim;
        this.faults = faults;
        this.cut = cut;
        this.fill = fill;
        this.killers = killers;
    }

    /** The same role, called through its faults. */
    RunningRole around(RunningRole role) {
        Map<Class<?>, Object> interfaces = new HashMap<>();
        role.interfaces().forEach((type, implementation) -> interfaces.put(type, around(type, implementation)));
        return new RunningRole(interfaces, role.devices().map(this::around), role.role());
    }

    private Object around(Class<?> type, Object implementation) {
        String prefix = type.getSimpleName().toLowerCase(Locale.ROOT) + ".";
        return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
            Callable<Object> action = () -> method.invoke(implementation, arguments);
            try {
                return method.getDeclaringClass() == Object.class
                        ? action.call()
                        : pass(prefix + method.getName(), action, TOO_LATE_FOR_ROLES);
            } catch (InvocationTargetException thrown) {
                throw thrown.getCause();
            }
        });
    }

    private DeviceService around(DeviceService devices) {
        return new DeviceService() {
            @Override
            public Optional<byte[]> answer(Ueid device, DeviceResource resource, byte[] body) throws Refused {
                try {
                    return pass(
                            "device." + resource, () -> devices.answer(device, resource, body), TOO_LATE_FOR_DEVICES);
                } catch (Refused | RuntimeException thrown) {
                    throw thrown;
                } catch (Exception impossible) {
                    throw new IllegalStateException(impossible);
                }
            }

            @Override
            public DeviceFeed feed(long after, Duration wait) throws InterruptedException {
                return devices.feed(after, wait);
            }
        };
    }

    private <T> T pass(String call, Callable<T> action, Duration tooLate) throws Exception {
        Fault fault = faults.at(victim.name(), call);
        CountDownLatch first = overtaken.getAndSet(new CountDownLatch(0));
        try {
            return suffer(fault, action, tooLate);
        } finally {
            first.countDown();
        }
    }

    private <T> T suffer(Fault fault, Callable<T> action, Duration tooLate) throws Exception {
        switch (fault) {
            case REQUEST_LOST -> throw lost();
            case REPLY_LOST -> {
                action.call();
                throw lost();
            }
            case DOUBLED -> {
                action.call();
                return action.call();
            }
            case LATE -> TimeUnit.NANOSECONDS.sleep(tooLate.toNanos());
            case OVERTAKEN -> letNextGoFirst();
            case KILLED_BEFORE -> throw killed();
            case KILLED_AFTER -> {
                action.call();
                throw killed();
            }
            case WRITE_REFUSED -> victim.refuseWrites(READ_ONLY);
            case DISK_FULL -> fill.accept(FULL);
            case NONE -> {}
        }
        return action.call();
    }

    private Lost lost() {
        cut.accept(OUTAGE);
        return new Lost("on purpose");
    }

    private Lost killed() {
        cut.accept(OUTAGE); // before anything else, so that no answer leaves that a dead process cannot have given
        killers.execute(victim::kill);
        return new Lost("killed on purpose");
    }

    private void letNextGoFirst() throws InterruptedException {
        CountDownLatch next = new CountDownLatch(1);
        overtaken.set(next);
        boolean unused = next.await(OVERTAKE_WAIT.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Nobody hears of it: its connection is broken already. */
    private static final class Lost extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Lost(String why) {
            super(why);
        }
    }
}
