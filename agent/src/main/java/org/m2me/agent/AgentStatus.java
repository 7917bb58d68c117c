// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent;

import java.time.Instant;
import java.util.Optional;
import org.m2me.agent.transport.Traffic;
import org.m2me.protocol.message.ResultCode;

/**
 * What {@code agent status} tells.
 *
 * @param since when the state was entered
 * @param operator whose subscription is active, MCC-MNC
 * @param lastRefusal the last code that the network or the Trusted Environment refused with
 * @param asksAgain present when it was refused for good: when it asks once more, by its own clock
 * @param change that the owner ordered and is not done
 * @param fallBack the last one since the agent started
 * @param pcidExpires end of the PCID's lifetime, if it is known
 * @param application server for telemetry, if the owner has named one
 * @param management server for all else, if the owner has named one
 * @param caseOpened present when somebody opened the case: when that was noticed
 * @param traffic on the air since the agent started
 */
public record AgentStatus(
        State state,
        Instant since,
        String reason,
        Optional<String> operator,
        Optional<ResultCode> lastRefusal,
        Optional<Instant> asksAgain,
        Optional<String> change,
        Optional<String> fallBack,
        Optional<Instant> pcidExpires,
        Optional<NamedServer> application,
        Optional<NamedServer> management,
        Optional<Instant> caseOpened,
        long bootCount,
        Traffic traffic) {
    /** Of an agent of which nothing else is known. */
    static AgentStatus of(State state, Instant since, String reason) {
        return new AgentStatus(
                state,
                since,
                reason,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                0,
                Traffic.NONE);
    }
}
