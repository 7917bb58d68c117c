// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.pva;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import org.m2me.operators.Pva;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;

/** Counts what the PVA is asked, and what that takes of the processor. */
final class Workload {
    /** One of the two things that it is asked. */
    static final class Kind {
        private final LongAdder done = new LongAdder();
        private final LongAdder refused = new LongAdder();
        private final LongAdder nanoseconds = new LongAdder();
        private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();

        /** Work that may be refused. */
        @FunctionalInterface
        interface Work<T> {
            T run() throws Refused;
        }

        /** Does work, and adds what it takes of this thread's processor time. Waiting for others takes none. */
        <T> T time(Work<T> work) throws Refused {
            long before = threads.getCurrentThreadCpuTime();
            try {
                return work.run();
            } finally {
                nanoseconds.add(threads.getCurrentThreadCpuTime() - before);
            }
        }

        /** One came to a finding. */
        void count(ResultCode code) {
            done.increment();
            if (code != ResultCode.OK) {
                refused.increment();
            }
        }

        private Duration cpu() {
            return Duration.ofNanos(nanoseconds.sum());
        }
    }

    final Kind validations = new Kind();
    final Kind authentications = new Kind();

    Pva.Counters counters() {
        return new Pva.Counters(
                validations.done.sum(),
                validations.refused.sum(),
                authentications.done.sum(),
                authentications.refused.sum(),
                validations.cpu(),
                authentications.cpu());
    }
}
