// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.sho;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.m2me.operators.Peers;
import org.m2me.operators.Regulator;
import org.m2me.operators.Regulator.Act;
import org.m2me.operators.Unavailable;
import org.m2me.operators.wiring.BoundedCalls;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Procedure;

/**
 * The regulator's word, without which nothing is authorised. While it is silent one caller at a time waits for it, for a
 * moment, and all others are told at once that they have to come again: so it holds up nothing that does not need it.
 */
final class Permits implements AutoCloseable {
    /** A regulator answers from its rules within milliseconds, over HTTP and from a slow disk too. */
    static final Duration ANSWER_WAIT = Duration.ofSeconds(3);

    private final Peers peers;
    private final Plmn operator;
    private final Duration wait;
    private final BoundedCalls calls = new BoundedCalls("regulator");
    private final Semaphore asksWhileSilent = new Semaphore(1);
    private volatile boolean silent;

    /** @param wait for one answer */
    Permits(Peers peers, Plmn operator, Duration wait) {
        this.peers = peers;
        this.operator = operator;
        this.wait = wait;
    }

    /**
     * Whether this operator may serve a device: OK, or why not. To be asked outside of any transaction. In a network
     * without a regulator everything is permitted.
     *
     * @throws Refused UNAVAILABLE when the regulator does not answer: nothing is decided, and the work is to be repeated
     */
    ResultCode ask(Procedure procedure, Ueid device) throws Refused {
        Optional<Regulator> regulator = peers.regulator();
        if (regulator.isEmpty()) {
            return ResultCode.OK;
        }
        boolean alone = silent;
        if (alone && !asksWhileSilent.tryAcquire()) {
            throw new Refused(ResultCode.UNAVAILABLE, "regulator: is silent, and is being asked");
        }
        try {
            Act act = Act.at(operator, procedure, device);
            ResultCode ruling = calls.within(wait, () -> regulator.get().permits(act))
                    .standing()
                    .code();
            silent = false;
            return ruling;
        } catch (Unavailable | Refused none) {
            silent = true;
            throw new Refused(ResultCode.UNAVAILABLE, "regulator: " + none.getMessage());
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
