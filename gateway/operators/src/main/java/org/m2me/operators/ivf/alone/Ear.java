// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.ivf.alone;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * What is read of an EAR (draft-ietf-rats-ear), whichever form it has.
 *
 * @param issuer who signed, as the configuration names it
 * @param ueid in lower-case hexadecimal, where the token names the device by it
 * @param subject where it names the device by that
 * @param expires absent where the token does not say
 * @param status the worst of its appraisals
 * @param policies by which the appraisals were made
 */
record Ear(
        Form form,
        String issuer,
        Optional<String> ueid,
        Optional<String> subject,
        Instant issued,
        Optional<Instant> expires,
        Status status,
        List<String> policies) {
    /** How the token is written. */
    enum Form {
        JWT,
        CWT
    }

    /** The tiers of draft-ietf-rats-ar4si, the better before the worse. */
    enum Status {
        AFFIRMING(2),
        WARNING(32),
        NONE(0),
        CONTRAINDICATED(96);

        private final int tier;

        Status(int tier) {
            this.tier = tier;
        }

        static Status ofTier(long tier) throws Fault {
            for (Status status : values()) {
                if (status.tier == tier) {
                    return status;
                }
            }
            throw Fault.malformed(
                    "ear_status", tier + " is no tier", "have the verifier issue 0, 2, 32 or 96 (draft-ietf-rats-ear)");
        }

        static Status ofName(String name) throws Fault {
            for (Status status : values()) {
                if (status.words().equals(name)) {
                    return status;
                }
            }
            throw Fault.malformed(
                    "ear_status",
                    "'" + name + "' is no tier",
                    "have the verifier issue none, affirming, warning or contraindicated (draft-ietf-rats-ear)");
        }

        static Status worst(Collection<Status> all) {
            return all.stream().max(Enum::compareTo).orElse(NONE);
        }

        String words() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /** By how much the verifier's clock may be ahead of ours. */
    private static final Duration SKEW = Duration.ofMinutes(5);

    /** @throws Fault if its times do not fit this moment */
    void checkTimes(Instant now) throws Fault {
        if (issued.isAfter(now.plus(SKEW))) {
            throw Fault.malformed("iat", issued + " is in the future", "set the verifier's clock, or this one's");
        }
        if (expires.isPresent() && !expires.get().isAfter(issued)) {
            throw Fault.malformed("exp", expires.get() + " is before iat", "have the verifier issue a later exp");
        }
        if (expires.isPresent() && !expires.get().isAfter(now)) {
            throw Fault.malformed("exp", expires.get() + " is over", "have the device appraised again");
        }
    }
}
