// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.sho.campaign;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.m2me.operators.Ivf;
import org.m2me.operators.Ivf.Standing;
import org.m2me.operators.Peers;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.Refused;

/** What the IVF says of many devices, before any of them is asked. */
public final class Forecast {
    private static final int BATCH = 1_000; // an answer of about 800 kB

    private final Peers peers;
    private final Question question;

    /** What each inquiry of this operator asks for. */
    public record Question(Plmn operator, String policyId, Set<String> components, Optional<Long> writesMax) {}

    Forecast(Peers peers, Question question) {
        this.peers = peers;
        this.question = question;
    }

    /** In the order of the devices. */
    Map<Ueid, Standing> of(Collection<Ueid> devices) throws Refused {
        Map<Ueid, Standing> standings = new LinkedHashMap<>();
        List<Ueid> all = List.copyOf(devices);
        for (int from = 0; from < all.size(); from += BATCH) {
            List<Ivf.Asked> asked = all.subList(from, Math.min(all.size(), from + BATCH)).stream()
                    .map(device -> new Ivf.Asked(device, Optional.empty()))
                    .toList();
            Ivf.Inquiry inquiry = new Ivf.Inquiry(
                    question.operator(), question.policyId(), question.components(), question.writesMax(), asked);
            for (Ivf.Answer answer : peers.ivf().inquire(inquiry)) {
                standings.put(answer.device(), answer.standing());
            }
        }
        return standings;
    }
}
