// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.ivf.alone;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An EAR as JWT. Its claims have the names of the draft, or the older ones with dots and hyphens that are still issued. */
final class JwtEar {
    private static final long EPOCH_SECOND_MAX = 253_402_300_799L; // the last second of the year 9999
    private static final String ISSUE = "have the verifier issue it as draft-ietf-rats-ear says";
    private static final int POLICIES_MAX = 16;
    private static final int TEXT_MAX = 256;

    private final Map<?, ?> claims;

    private JwtEar(Map<?, ?> claims) {
        this.claims = claims;
    }

    static Ear read(byte[] token, Issuers issuers) throws Fault {
        Jose.Signed signed = Jose.parse(token);
        String issuer = issuers.signer(signed::isBy);
        return new JwtEar(signed.claims()).read(issuer);
    }

    private Ear read(String issuer) throws Fault {
        if (text("eat_profile").isEmpty()) {
            throw missing("eat_profile");
        }
        List<Ear.Status> statuses = new ArrayList<>();
        List<String> policies = new ArrayList<>();
        if (!(claims.get("submods") instanceof Map<?, ?> submods) || submods.isEmpty()) {
            throw missing("submods");
        }
        for (Object submod : submods.values()) {
            if (!(submod instanceof Map<?, ?> appraisal)) {
                throw Fault.malformed("submods", "one is no object", ISSUE);
            }
            JwtEar each = new JwtEar(appraisal);
            statuses.add(each.status());
            policies.addAll(each.policies());
        }
        return new Ear(
                Ear.Form.JWT,
                issuer,
                ueid(),
                text("sub"),
                time("iat").orElseThrow(() -> missing("iat")),
                time("exp"),
                Ear.Status.worst(statuses),
                policies);
    }

    /** The first of these names that is there. */
    private @Nullable Object first(String... names) {
        for (String name : names) {
            Object value = claims.get(name);
            if (value != null) {
                return value;
            }
        }
        return null;
    }

    private Ear.Status status() throws Fault {
        Object status = first("ear_status", "ear.status");
        if (status instanceof String name) {
            return Ear.Status.ofName(name);
        }
        if (status instanceof Long tier) {
            return Ear.Status.ofTier(tier);
        }
        throw missing("ear_status");
    }

    private List<String> policies() throws Fault {
        Object found = first("ear_appraisal_policy_ids", "ear.appraisal-policy-ids", "ear.appraisal-policy-id");
        List<?> listed = found instanceof List<?> list ? list : found == null ? List.of() : List.of(found);
        List<String> policies = new ArrayList<>();
        for (Object one : listed) {
            if (!(one instanceof String name) || name.length() > TEXT_MAX || policies.size() == POLICIES_MAX) {
                throw Fault.malformed(
                        "ear_appraisal_policy_ids",
                        "wants up to " + POLICIES_MAX + " strings of up to " + TEXT_MAX,
                        ISSUE);
            }
            policies.add(name);
        }
        return policies;
    }

    private Optional<String> ueid() throws Fault {
        Optional<String> text = text("ueid");
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            byte[] bytes = java.util.Base64.getUrlDecoder().decode(text.get());
            return Optional.of(HexFormat.of().formatHex(bytes));
        } catch (IllegalArgumentException malformed) {
            throw Fault.malformed("ueid", "is not base64url", ISSUE);
        }
    }

    private Optional<String> text(String name) throws Fault {
        Object value = claims.get(name);
        if (value == null) {
            return Optional.empty();
        }
        if (value instanceof String text && !text.isEmpty() && text.length() <= TEXT_MAX) {
            return Optional.of(text);
        }
        throw Fault.malformed(name, "is no string of 1 to " + TEXT_MAX + " characters", ISSUE);
    }

    private Optional<Instant> time(String name) throws Fault {
        Object value = claims.get(name);
        if (value == null) {
            return Optional.empty();
        }
        if (value instanceof Long seconds && seconds >= 0 && seconds <= EPOCH_SECOND_MAX) {
            return Optional.of(Instant.ofEpochSecond(seconds));
        }
        throw Fault.malformed(name, "is no whole number of seconds since 1970", ISSUE);
    }

    private static Fault missing(String name) {
        return Fault.malformed(name, "is missing", ISSUE);
    }
}
