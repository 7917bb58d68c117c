// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.wiring;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import org.m2me.operators.store.Vault;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.pki.Certificate;
import org.m2me.protocol.step.StepObserver;
import org.m2me.protocol.step.Steps;

/**
 * What every role is given.
 *
 * @param directory the role's own, for its database
 * @param observer hears of every step
 * @param certificate the role's, common name {@code sho.262-01}, {@code pva}, {@code dpf.901-70} …
 * @param key that goes with it
 * @param anchors where the certificates of other roles come from
 */
public record RoleContext(
        Path directory,
        Clock clock,
        SecureRandom random,
        StepObserver observer,
        Certificate certificate,
        P256PrivateKey key,
        List<Certificate> anchors) {

    /** By which the role says which step it takes. */
    public Steps steps() {
        return new Steps(observer, clock);
    }

    /** The role's one vault, under a key of its own; the caller closes it. */
    public Vault vault() {
        return new Vault(key, certificate.commonName(), random);
    }
}
