// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.wiring;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import org.m2me.operators.Unavailable;
import org.m2me.operators.store.Outbox;
import org.m2me.operators.wiring.BoundedCalls.Call;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;

/**
 * Calls to one peer that may be silent. While it is, one caller at a time waits for it, for a moment, and all others are
 * told at once that they have to come again: so it holds up nothing that does not need it.
 */
public final class BriefCalls implements AutoCloseable {
    private final String peer;
    private final BoundedCalls calls;
    private final Semaphore asksWhileSilent = new Semaphore(1);
    private volatile boolean silent;

    /** @param peer in threads and messages */
    public BriefCalls(String peer) {
        this.peer = peer;
        this.calls = new BoundedCalls(peer);
    }

    /**
     * Calls.
     *
     * @throws Refused by the peer, or UNAVAILABLE because it is silent and another asks it at this moment
     * @throws Unavailable if the answer did not come in time, too
     */
    public <T> T within(Duration limit, Call<T> call) throws Refused {
        boolean alone = silent;
        if (alone && !asksWhileSilent.tryAcquire()) {
            throw new Refused(ResultCode.UNAVAILABLE, peer + ": is silent, and is being asked");
        }
        try {
            T answer = calls.within(limit, call);
            silent = false;
            return answer;
        } catch (Refused | RuntimeException none) {
            silent = !Outbox.isFinal(none); // a refusal for good is an answer
            throw none;
        } finally {
            if (alone) {
                asksWhileSilent.release();
            }
        }
    }

    @Override
    public void close() {
        calls.close();
    }
}
