// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.sho;

import java.time.Duration;
import java.util.Optional;
import org.m2me.operators.Peers;
import org.m2me.operators.Regulator;
import org.m2me.operators.Regulator.Act;
import org.m2me.operators.Unavailable;
import org.m2me.operators.wiring.BriefCalls;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Procedure;

/**
 * The regulator's word, without which nothing is authorised: while it is silent, that alone waits which needs it.
 */
final class Permits implements AutoCloseable {
    /** A regulator answers from its rules within milliseconds, over HTTP and from a slow disk too. */
    static final Duration ANSWER_WAIT = Duration.ofSeconds(3);

    private final Peers peers;
    private final Plmn operator;
    private final Duration wait;
    private final BriefCalls calls = new BriefCalls("regulator");

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
        Act act = Act.at(operator, procedure, device);
        try {
            return calls.within(wait, () -> regulator.get().permits(act))
                    .standing()
                    .code();
        } catch (Unavailable | Refused none) {
            throw new Refused(ResultCode.UNAVAILABLE, "regulator: " + none.getMessage());
        }
    }

    @Override
    public void close() {
        calls.close();
    }
}
