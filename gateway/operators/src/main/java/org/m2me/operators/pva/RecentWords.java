// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.pva;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.pki.Certificate;

/**
 * For which registrations the PVA vouched a moment ago. Where the IVF then knows nothing of the device's integrity, the
 * validation that follows for the same registration need not ask for the status of the same credential again. Lost with
 * the process: then it is asked for.
 */
final class RecentWords {
    /** From the round until the device's evidence is here: a few seconds, on a slow bearer some ten. */
    static final Duration LIFETIME = Duration.ofMinutes(1);

    /** A hundred a second for as long as that, and more; 2 MB. The oldest go, and of those it is asked again. */
    private static final int REGISTRATIONS_MAX = 10_000;

    private record Word(Opaque credential, Instant begun) {}

    private final Map<Nonce, Word> words = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Nonce, Word> eldest) {
            return size() > REGISTRATIONS_MAX;
        }
    };

    /** The credential was good. @param begun before its status was asked for */
    synchronized void add(Nonce registration, Certificate credential, Instant begun) {
        words.remove(registration); // the newest are last
        words.put(registration, new Word(Enrolled.fingerprint(credential), begun));
    }

    /** Since when it is known that a credential was good for a registration, if that is no longer ago than {@link #LIFETIME}. */
    synchronized Optional<Instant> find(Nonce registration, Certificate credential, Instant now) {
        return Optional.ofNullable(words.get(registration))
                .filter(word -> word.credential().equals(Enrolled.fingerprint(credential)))
                .map(Word::begun)
                .filter(begun -> !begun.isAfter(now) && begun.plus(LIFETIME).isAfter(now));
    }
}
