// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.http;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.m2me.operators.TestPki;
import org.m2me.protocol.aka.AkaKey;
import org.m2me.protocol.aka.AuthenticationVector;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;

/** Gives back what it gets, and keeps references to secrets that it should not. */
final class SamplerRole implements Sampler {
    final AtomicReference<@Nullable AkaKey> taken = new AtomicReference<>();
    final AtomicReference<@Nullable AkaKey> given = new AtomicReference<>();
    final CountDownLatch hanging = new CountDownLatch(1);
    private final CountDownLatch never = new CountDownLatch(1);

    /** On loopback. */
    static RoleServer serve(SamplerRole role, TestPki pki, int port) throws IOException {
        return RoleServer.start(
                pki.identity("sampler"),
                "localhost",
                port,
                new RoleServer.Content("sampler", Map.of(Sampler.class, role), Optional.empty()));
    }

    @Override
    public Names names(Names names) {
        return names;
    }

    @Override
    public Shapes shapes(Shapes shapes) {
        return shapes;
    }

    @Override
    public List<Names> several(List<Names> list, Optional<Names> one, long number) {
        return one.map(List::of).orElse(list);
    }

    @Override
    public Optional<Opaque> maybe(Optional<Opaque> value) {
        return value;
    }

    @Override
    public AkaKey key(AkaKey key, SecretBytes more) {
        taken.set(key);
        AkaKey answer = new AkaKey(key.algorithm(), key.k().copy(), more.copy());
        given.set(answer);
        return answer;
    }

    @Override
    public List<AuthenticationVector> vectors() {
        return List.of(new AuthenticationVector(
                new byte[] {1, 2},
                new byte[] {3},
                SecretBytes.copyOf(new byte[] {4}),
                SecretBytes.copyOf(new byte[] {5}),
                SecretBytes.copyOf(new byte[] {6})));
    }

    @Override
    public void refuse(ResultCode code) throws Refused {
        throw new Refused(code, "as asked");
    }

    @Override
    public void fail() {
        throw new IllegalStateException("with a reason that stays here");
    }

    @Override
    public void sign(Signed signed) {}

    @Override
    public void introduce(String name) {}

    @Override
    public void serve(String node) {}

    @Override
    public void hang() {
        hanging.countDown();
        try {
            never.await();
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void forgotten() {}
}
