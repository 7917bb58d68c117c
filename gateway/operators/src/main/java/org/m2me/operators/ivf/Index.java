// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.ivf;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.m2me.operators.Ivf.Answer;
import org.m2me.operators.Ivf.Asked;
import org.m2me.operators.Ivf.Inquiry;
import org.m2me.operators.Ivf.Standing;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.identity.Ueid;

/**
 * What inquiries are answered from: everything that the database says about each device, in memory. Read by many, changed
 * by one at a time, who is the one who changed the database.
 */
final class Index {
    /** A result by the policy that it was made by. */
    private record ByPolicy(String policy, Kept kept) {}

    /** Who may inquire. @param until epoch seconds */
    private record Permit(Plmn operator, long until) {}

    private record Known(List<Permit> permits, List<ByPolicy> results) {
        static final Known NOTHING = new Known(List.of(), List.of());
    }

    private final Map<Ueid, Known> devices = new ConcurrentHashMap<>();
    private final Map<Object, Object> shared = new ConcurrentHashMap<>();
    private int results;

    /** The one object that stands for all that are equal to this: names are few, and devices many. */
    private <T> T one(T value) {
        @SuppressWarnings("unchecked") // equal values are of one type here
        T first = (T) shared.computeIfAbsent(value, same -> same);
        return first;
    }

    /** How many results are kept. */
    int size() {
        return results;
    }

    Optional<Kept> find(Ueid device, String policy) {
        return devices.getOrDefault(device, Known.NOTHING).results().stream()
                .filter(result -> result.policy().equals(policy))
                .map(ByPolicy::kept)
                .findFirst();
    }

    /** Sets the result of a device and policy. */
    void put(Ueid device, String policy, Kept kept) {
        Kept lean = new Kept(
                kept.signed(),
                kept.issued(),
                kept.expires(),
                kept.boots(),
                kept.generation(),
                one(kept.firmware()),
                one(kept.components()),
                kept.withdrawn());
        change(device, known -> {
            List<ByPolicy> others = new ArrayList<>(known.results());
            others.removeIf(result -> result.policy().equals(policy));
            others.add(new ByPolicy(one(policy), lean));
            return new Known(known.permits(), List.copyOf(others));
        });
    }

    void withdraw(Ueid device, String policy) {
        find(device, policy).ifPresent(kept -> put(device, policy, kept.withdraw()));
    }

    void remove(Ueid device, String policy) {
        change(device, known -> {
            List<ByPolicy> others = new ArrayList<>(known.results());
            others.removeIf(result -> result.policy().equals(policy));
            return new Known(known.permits(), List.copyOf(others));
        });
    }

    /** Permits an operator, and nobody any more beyond the newest few. */
    void permit(Ueid device, Plmn operator, long until) {
        change(device, known -> {
            List<Permit> permits = new ArrayList<>(known.permits());
            permits.removeIf(permit -> permit.operator().equals(operator));
            permits.add(new Permit(one(operator), until));
            int surplus = Math.max(0, permits.size() - Permissions.OPERATORS_MAX);
            return new Known(List.copyOf(permits.subList(surplus, permits.size())), known.results());
        });
    }

    void forbidAll(Ueid device) {
        change(device, known -> new Known(List.of(), known.results()));
    }

    private void change(Ueid device, UnaryOperator<Known> change) {
        Known before = devices.getOrDefault(device, Known.NOTHING);
        Known after = change.apply(before);
        if (after.permits().isEmpty() && after.results().isEmpty()) {
            devices.remove(device);
        } else {
            devices.put(device, after);
        }
        results += after.results().size() - before.results().size();
    }

    /** Answers about one device. Who is not permitted is told the same of every device, known or not. */
    Answer answer(Inquiry inquiry, Asked asked, long now) {
        Known known = devices.getOrDefault(asked.device(), Known.NOTHING);
        boolean permitted = known.permits().stream()
                .anyMatch(permit -> permit.operator().equals(inquiry.operator()) && now < permit.until());
        if (!permitted) {
            return no(asked, Standing.NOT_PERMITTED);
        }
        for (ByPolicy result : known.results()) {
            if (result.policy().equals(inquiry.policyId())) {
                Kept kept = result.kept();
                Standing standing = kept.standing(inquiry, asked.state(), now);
                return standing == Standing.VALID
                        ? new Answer(asked.device(), standing, Optional.of(kept.signed()))
                        : no(asked, standing);
            }
        }
        return no(asked, known.results().isEmpty() ? Standing.NEVER_SEEN : Standing.OTHER_POLICY);
    }

    private static Answer no(Asked asked, Standing standing) {
        return new Answer(asked.device(), standing, Optional.empty());
    }
}
