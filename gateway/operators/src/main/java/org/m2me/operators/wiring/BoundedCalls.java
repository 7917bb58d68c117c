// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.wiring;

import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.m2me.operators.Unavailable;
import org.m2me.protocol.message.Refused;

/**
 * Calls to peers on behalf of somebody who cannot wait as long as a peer may take. A call that is late goes on by itself
 * and its answer is dropped, so only calls that may be repeated belong here.
 */
public final class BoundedCalls implements AutoCloseable {
    /** As many as a gateway passes on at once; a peer that hangs must not use up memory. */
    private static final int AT_ONCE = 16;

    private static final Duration IDLE = Duration.ofSeconds(10);

    private final ThreadPoolExecutor threads;

    /** A call. */
    @FunctionalInterface
    public interface Call<T> {
        T call() throws Refused;
    }

    /** @param name of its threads */
    public BoundedCalls(String name) {
        threads = new ThreadPoolExecutor(
                0, AT_ONCE, IDLE.toSeconds(), TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
                    Thread thread = new Thread(task, name);
                    thread.setDaemon(true);
                    return thread;
                });
    }

    /**
     * Calls.
     *
     * @throws Refused by the peer
     * @throws Unavailable if the answer did not come in time, too
     */
    public <T> T within(Duration limit, Call<T> call) throws Refused {
        Future<T> answer;
        try {
            answer = threads.submit(call::call);
        } catch (RejectedExecutionException full) {
            throw new Unavailable(AT_ONCE + " calls wait already", full);
        }
        try {
            return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException late) {
            answer.cancel(true);
            throw new Unavailable("no answer within " + limit.toMillis() + " ms", late);
        } catch (InterruptedException stop) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            throw new Unavailable("interrupted", new InterruptedIOException());
        } catch (ExecutionException failed) {
            throw thrown(failed);
        }
    }

    private static Refused thrown(ExecutionException failed) {
        if (failed.getCause() instanceof Refused refused) {
            return refused;
        }
        if (failed.getCause() instanceof RuntimeException fault) {
            throw fault;
        }
        throw new IllegalStateException(failed);
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
